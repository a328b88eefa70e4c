import base64
import binascii
import json

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from .. import platen_client

#: More of them in a folder are a mistake, and each costs a request for its picture.
MAX_TEMPLATES = 500


class LabelPrintTemplate(models.Model):
    """A template of the print service, as it was when last asked.

    The service keeps templates, versions and pictures; these rows mirror it, so that
    people can choose a template while the service is away. Nothing is written here by hand.
    """

    _name = "label.print.template"
    _description = "Label Template"
    _order = "title, name"
    _rec_name = "title"
    _rec_names_search = ["title", "name"]

    name = fields.Char(
        string="Technical Name",
        required=True,
        readonly=True,
        help="As jobs name it, and its folder in the print service.",
    )
    title = fields.Char(required=True, readonly=True)
    active = fields.Boolean(default=True, readonly=True)
    width_mm = fields.Float(string="Width (mm)", readonly=True, aggregator=None, digits=(8, 1))
    height_mm = fields.Float(string="Height (mm)", readonly=True, aggregator=None, digits=(8, 1))
    size_display = fields.Char(string="Size", compute="_compute_size_display")
    dpmm = fields.Char(
        string="Dots per mm", readonly=True, help="Resolutions of printers it is drawn for."
    )
    source = fields.Selection(
        [("folder", "Folder of the Service"), ("uploaded", "Edited in Odoo")],
        readonly=True,
        default="folder",
    )
    version = fields.Char(
        string="Version in Use", readonly=True, help="What new jobs are printed with."
    )
    draft_version = fields.Char(
        readonly=True, help="The newest version which waits for approval."
    )
    state = fields.Selection(
        [("draft", "Waits for Approval"), ("approved", "In Use"), ("unusable", "Cannot Be Used")],
        compute="_compute_state",
        store=True,
    )
    problem = fields.Char(readonly=True, help="Why the service cannot use it.")
    field_names = fields.Char(
        string="Values", readonly=True, help="The values a label is made of; * must be given."
    )
    field_rules = fields.Json(readonly=True, help="What the service asks of each value.")
    picture = fields.Image(readonly=True, attachment=True, help="Drawn with its sample.")
    picture_version = fields.Char(readonly=True)
    version_ids = fields.One2many("label.print.template.version", "template_id", readonly=True)
    product_count = fields.Integer(compute="_compute_product_count")

    _name_unique = models.Constraint("UNIQUE(name)", "There is a template of that name already.")

    @api.depends("width_mm", "height_mm")
    def _compute_size_display(self):
        for template in self:
            width, height = template.width_mm, template.height_mm
            template.size_display = f"{width:g} × {height:g} mm" if width and height else ""

    @api.depends("version", "draft_version", "problem")
    def _compute_state(self):
        for template in self:
            if template.draft_version:
                template.state = "draft"
            elif template.problem or not template.version:
                template.state = "unusable"
            else:
                template.state = "approved"

    def _compute_product_count(self):
        counts = dict(
            self.env["product.template"]._read_group(
                [("label_print_template_id", "in", self.ids)],
                ["label_print_template_id"],
                ["__count"],
            )
        )
        for template in self:
            template.product_count = counts.get(template, 0)

    @api.model
    def _by_name(self, name):
        """Return the template of a name; one of which the service did not tell yet is noted."""
        # sudo: rows of this table are written from the service's answers and reports only
        templates = self.sudo().with_context(active_test=False)
        return templates.search([("name", "=", name)]) or templates.create(
            {"name": name, "title": name}
        )

    # ------------------------------------------------------------------
    # What the service tells
    # ------------------------------------------------------------------

    @api.model
    def _refresh(self):
        """Ask the service for its templates and mirror them.

        :raises platen_client.PlatenError: when it does not answer; the rows stay as they were
        """
        link = platen_client.connection(self.env)
        self._take_list(platen_client.templates(link)[:MAX_TEMPLATES])
        # sudo: pictures are the service's as well
        self.sudo().search([("version", "!=", False)])._refresh_pictures(link)

    @api.model
    def _take_list(self, rows):
        """Make the templates here those of the list: the whole of what the service has."""
        rows = {row["name"]: row for row in rows if isinstance(row, dict) and row.get("name")}
        # sudo: rows of this table are written from the service's answers and reports only
        templates = self.sudo().with_context(active_test=False)
        known = {template.name: template for template in templates.search([])}
        for name, row in rows.items():
            values = self._prepare_values(row)
            template = known.pop(name, None)
            if not template:
                templates.create(values)
                continue
            changes = {
                key: value
                for key, value in values.items()
                if template[key] != value and (template[key] or value)
            }
            if changes:
                template.write(changes)
        templates.browse([gone.id for gone in known.values() if gone.active]).active = False

    @api.model
    def _prepare_values(self, row):
        """Return the values of a template from one row of the service's list."""
        dpmm = row.get("dpmm")
        if isinstance(dpmm, list):
            dpmm = ", ".join(str(dots) for dots in dpmm)
        rules = row.get("fields") or []
        if isinstance(rules, dict):
            # The database does not keep the order of a dict.
            rules = [{"name": name, **rule} for name, rule in rules.items()]
        rules = [rule for rule in rules if rule.get("name")]
        problem = row.get("problem") or False
        if isinstance(problem, dict):
            problem = problem.get("message") or problem.get("detail") or False
        return {
            "name": row["name"],
            "title": row.get("title") or row["name"],
            "active": True,
            "width_mm": row.get("width_mm") or 0.0,
            "height_mm": row.get("height_mm") or 0.0,
            "dpmm": str(dpmm) if dpmm else False,
            "source": "uploaded" if row.get("source") == "uploaded" else "folder",
            "version": row.get("version") or False,
            "draft_version": row.get("draft_version") or False,
            "problem": problem,
            "field_rules": rules or False,
            "field_names": ", ".join(
                f"{rule['name']}*" if rule.get("required") else rule["name"] for rule in rules
            )
            or False,
        }

    def _refresh_pictures(self, link):
        """Have those drawn whose version changed; stop at the first sign of trouble."""
        for template in self.filtered(lambda one: one.version and one.picture_version != one.version):
            try:
                preview = platen_client.preview(link, template.name, {})
            except platen_client.PlatenRefused:
                template.write({"picture": False, "picture_version": template.version})
                continue
            except platen_client.PlatenError:
                return
            template.write(
                {"picture": picture_of(preview), "picture_version": template.version}
            )

    def _refresh_versions(self):
        """Mirror the versions of one template, newest first."""
        self.ensure_one()
        told = platen_client.template(platen_client.connection(self.env), self.name)
        rows = [row for row in told.get("versions") or () if row.get("version")]
        # sudo: rows of this table are written from the service's answers only
        versions = self.sudo().version_ids
        known = {version.version: version for version in versions}
        for position, row in enumerate(rows):
            values = versions._prepare_values(self, row, position)
            version = known.pop(row["version"], None)
            if version:
                version.write(values)
            else:
                versions.create(values)
        versions.browse([gone.id for gone in known.values()]).unlink()
        # Their order may be another one now.
        self.invalidate_recordset(["version_ids"])
        return told

    # ------------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------------

    @api.model
    def action_open_templates(self):
        """Open the list, asked for anew; what was known is shown when the service is away."""
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "label_print.label_print_template_action"
        )
        try:
            self._refresh()
        except platen_client.PlatenError as error:
            return self._notice("warning", error.for_people(self.env), action)
        return action

    def action_refresh(self):
        """Ask the service for this template's versions and picture."""
        self.ensure_one()
        self.check_access("read")
        try:
            self._refresh()
            self._refresh_versions()
        except platen_client.PlatenError as error:
            raise UserError(error.for_people(self.env)) from error
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    def action_edit(self):
        """Open the editor with the files of the newest version."""
        self.ensure_one()
        self._check_may_edit()
        try:
            told = self._refresh_versions()
        except platen_client.PlatenError as error:
            raise UserError(error.for_people(self.env)) from error
        files = told.get("files") or {}
        editor = self.env["label.print.template.editor"].create(
            {
                "name": self.name,
                "template_id": self.id,
                "label_zpl": files.get("label.zpl") or "",
                "template_toml": files.get("template.toml") or "",
                "sample_json": files.get("sample.json") or "",
                "other_files": json.dumps(
                    {
                        name: text
                        for name, text in files.items()
                        if name not in ("label.zpl", "template.toml", "sample.json")
                    }
                ),
            }
        )
        return editor._reopen()

    @api.model
    def action_new(self):
        """Open the editor with a small label to begin with."""
        self._check_may_edit()
        return self.env["label.print.template.editor"].create({})._reopen()

    @api.model
    def _check_may_edit(self):
        if not self.env.user.has_group("label_print.group_manager"):
            raise AccessError(
                self.env._("Only a label printing manager may change or approve templates.")
            )

    @api.model
    def _notice(self, kind, message, next_action):
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {"type": kind, "message": message, "sticky": False, "next": next_action},
        }


def picture_of(preview):
    """Return the picture of a preview as a binary field takes it, or False."""
    encoded = (preview or {}).get("png_base64")
    try:
        return base64.b64encode(base64.b64decode(encoded, validate=True)) if encoded else False
    except (binascii.Error, ValueError):
        return False
