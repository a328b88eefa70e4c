from odoo import api, fields, models


class MrpProduction(models.Model):
    """How far the labels of an order are."""

    # One file for each responsibility.
    _inherit = "mrp.production"  # pylint: disable=consider-merging-classes-inherited

    label_print_printed = fields.Integer(
        string="Labels Printed",
        compute="_compute_label_print_progress",
        groups="label_print.group_user",
    )
    label_print_wanted = fields.Integer(
        string="Labels Wanted",
        compute="_compute_label_print_progress",
        groups="label_print.group_user",
    )
    label_print_needs_hand = fields.Boolean(
        string="Labels Need a Hand",
        compute="_compute_label_print_progress",
        groups="label_print.group_user",
    )

    @api.depends(
        "label_print_job_ids.quantity",
        "label_print_job_ids.current_label",
        "label_print_job_ids.status",
        "label_print_job_ids.attention",
        "label_print_job_ids.failure_count",
    )
    def _compute_label_print_progress(self):
        """One question for a whole list. Reprints are the same labels, withdrawn ones are none."""
        sums = {
            production: (printed, wanted, attentions + failures)
            for production, printed, wanted, attentions, failures in self.env[
                "label.print.job"
            ]._read_group(
                [
                    ("mo_id", "in", self.ids),
                    ("job_type", "!=", "reprint"),
                    "|",
                    ("status", "!=", "cancelled"),
                    ("current_label", ">", 0),
                ],
                ["mo_id"],
                ["current_label:sum", "quantity:sum", "attention:count", "failure_count:sum"],
            )
        }
        for production in self:
            printed, wanted, trouble = sums.get(production, (0, 0, 0))
            production.label_print_printed = printed
            production.label_print_wanted = wanted
            production.label_print_needs_hand = trouble > 0
