from odoo import api, fields, models


class LabelPrintWizardValue(models.TransientModel):
    """A value of the template, as the record says it or as it was typed over."""

    _name = "label.print.wizard.value"
    _description = "Value on a Label"

    wizard_id = fields.Many2one("label.print.wizard", required=True, ondelete="cascade")
    name = fields.Char(string="Field", required=True, readonly=True)
    value = fields.Char()
    told = fields.Char(readonly=True, help="What the record says.")
    is_required = fields.Boolean(readonly=True)
    is_given = fields.Boolean(compute="_compute_is_given")

    @api.depends("value", "told")
    def _compute_is_given(self):
        for line in self:
            line.is_given = (line.value or "") != (line.told or "")
