from odoo import api, fields, models
from odoo.exceptions import UserError

from .. import platen_client
from .label_print_report import moment


STATES = ("approved", "draft", "replaced")


class LabelPrintTemplateVersion(models.Model):
    """One version of a template, as the service keeps it: never changed, only followed."""

    _name = "label.print.template.version"
    _description = "Label Template Version"
    _order = "sequence, id"

    template_id = fields.Many2one(
        "label.print.template", required=True, readonly=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer(readonly=True, aggregator=None)
    version = fields.Char(required=True, readonly=True, help="The hash of its contents.")
    short_version = fields.Char(compute="_compute_short_version")
    state = fields.Selection(
        [("approved", "In Use"), ("draft", "Waits for Approval"), ("replaced", "Replaced")],
        readonly=True,
    )
    in_use = fields.Boolean(
        compute="_compute_in_use", help="New jobs are printed with this version."
    )
    uploaded_by = fields.Char(readonly=True)
    uploaded_at = fields.Datetime(string="Made On", readonly=True)
    approved_by = fields.Char(readonly=True)
    approved_at = fields.Datetime(string="Approved On", readonly=True)
    comment = fields.Char(readonly=True)

    @api.depends("version")
    def _compute_short_version(self):
        for version in self:
            version.short_version = (version.version or "").removeprefix("sha256:")[:12]

    @api.depends("version", "template_id.version")
    def _compute_in_use(self):
        for version in self:
            version.in_use = version.version == version.template_id.version

    @api.model
    def _prepare_values(self, template, row, sequence):
        """Return the values of a version from one row of the service's answer."""
        return {
            "template_id": template.id,
            "sequence": sequence,
            "version": row["version"],
            "state": row.get("state") if row.get("state") in STATES else False,
            "uploaded_by": row.get("uploaded_by") or False,
            "uploaded_at": moment(row.get("uploaded_at")),
            "approved_by": row.get("approved_by") or False,
            "approved_at": moment(row.get("approved_at")),
            "comment": row.get("comment") or False,
        }

    def action_approve(self):
        """Have new jobs printed with this version; an older one goes back to it."""
        self.ensure_one()
        self.template_id._check_may_edit()
        link = platen_client.connection(self.env)
        try:
            platen_client.approve_template(
                link, self.template_id.name, self.version, self.env.user.name
            )
            self.template_id._refresh()
            self.template_id._refresh_versions()
        except platen_client.PlatenError as error:
            raise UserError(error.for_people(self.env)) from error
        return {"type": "ir.actions.client", "tag": "soft_reload"}
