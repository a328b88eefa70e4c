from odoo import api, fields, models


class LabelPrintTemplate(models.Model):
    """A label template of the print service, as it tells of it."""

    _name = "label.print.template"
    _description = "Label Template"
    _order = "name"

    name = fields.Char(required=True, readonly=True, help="As the print service calls it.")
    title = fields.Char(readonly=True)
    active = fields.Boolean(default=True, readonly=True)
    version = fields.Char(readonly=True)
    width_mm = fields.Float(string="Width (mm)", readonly=True, aggregator=None)
    height_mm = fields.Float(string="Height (mm)", readonly=True, aggregator=None)
    field_names = fields.Char(string="Fields", readonly=True, help="What it asks of a job.")

    _name_unique = models.Constraint("UNIQUE(name)", "There is a template of that name already.")

    @api.model
    def _take_list(self, rows):
        """Make the templates here those of the list: the whole of what the service has."""
        rows = {row["name"]: row for row in rows if isinstance(row, dict) and row.get("name")}
        # sudo: the service has no right on any table, only this road in
        templates = self.sudo().with_context(active_test=False)
        known = {template.name: template for template in templates.search([])}
        for name, row in rows.items():
            values = self._prepare_values(row)
            if name not in known:
                templates.create({"name": name, **values})
                continue
            current = known[name]
            changes = {key: value for key, value in values.items() if current[key] != value}
            if changes:
                current.write(changes)
        gone = templates.browse(
            [template.id for name, template in known.items() if name not in rows]
        )
        gone.filtered("active").write({"active": False})

    @api.model
    def _prepare_values(self, row):
        named = [field["name"] for field in row.get("fields") or () if field.get("name")]
        return {
            "title": row.get("title") or row["name"],
            "version": row.get("version") or False,
            "width_mm": row.get("width_mm") or 0.0,
            "height_mm": row.get("height_mm") or 0.0,
            "field_names": ", ".join(named) or False,
            "active": True,
        }
