from odoo import api, fields, models
from odoo.exceptions import UserError

from ..label_ranges import parse_ranges, write_ranges


class LabelPrintReprint(models.TransientModel):
    """Labels of a job once more: which, why, and whether the paper says so."""

    _name = "label.print.reprint"
    _description = "Reprint Labels"

    job_id = fields.Many2one("label.print.job", required=True, readonly=True)
    quantity = fields.Integer(related="job_id.quantity")
    current_label = fields.Integer(related="job_id.current_label")
    printer_id = fields.Many2one(related="job_id.printer_id")
    labels = fields.Char(
        string="Which Labels",
        required=True,
        compute="_compute_labels",
        store=True,
        readonly=False,
        precompute=True,
    )
    label_count = fields.Integer(string="Labels Chosen", compute="_compute_label_count")
    is_understood = fields.Boolean(compute="_compute_label_count")
    reason = fields.Char(required=True)
    mark = fields.Boolean(string="Print REPRINT on each label", default=True)

    @api.depends("job_id")
    def _compute_labels(self):
        """All of them, when all are printed: else a person says which."""
        for wizard in self:
            job = wizard.job_id
            done = job.quantity and job.current_label == job.quantity
            wizard.labels = write_ranges(range(1, job.quantity + 1)) if done else False

    @api.depends("labels", "quantity")
    def _compute_label_count(self):
        for wizard in self:
            try:
                wizard.label_count = len(parse_ranges(wizard.labels, wizard.quantity))
            except ValueError:
                wizard.label_count = 0
            wizard.is_understood = bool(wizard.label_count)

    def action_reprint(self):
        """Ask for the labels, and show the job that prints them."""
        self.ensure_one()
        self.job_id._check_may_steer("reprint")
        if not self.is_understood:
            raise UserError(
                self.env._(
                    "Write numbers and ranges from 1 to %(quantity)s, such as 3, 7-12.",
                    quantity=self.quantity,
                )
            )
        labels = write_ranges(parse_ranges(self.labels, self.quantity))
        reprint = self.job_id._enqueue_reprint(
            labels, self.label_count, self.reason.strip(), self.mark
        )
        self.job_id._log_by_user(
            self.env._(
                "Labels %(labels)s are reprinted: %(reason)s", labels=labels, reason=self.reason
            )
        )
        return {
            "type": "ir.actions.act_window",
            "res_model": "label.print.job",
            "res_id": reprint.id,
            "views": [(False, "form")],
        }
