from odoo import api, fields, models


class MrpProduction(models.Model):
    """How many print jobs an order has, and how far its labels are."""

    # One file for each responsibility.
    _inherit = "mrp.production"  # pylint: disable=consider-merging-classes-inherited

    label_print_job_count = fields.Integer(
        string="Print Jobs",
        compute="_compute_label_print_job_count",
        groups="label_print.group_user",
    )
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

    @api.depends("label_print_job_ids")
    def _compute_label_print_job_count(self):
        counts = self._label_print_sums([], "__count")
        for production in self:
            (production.label_print_job_count,) = counts.get(production, (0,))

    @api.depends(
        "label_print_job_ids.quantity",
        "label_print_job_ids.current_label",
        "label_print_job_ids.status",
        "label_print_job_ids.attention",
        "label_print_job_ids.failure_count",
    )
    def _compute_label_print_progress(self):
        """One question for a whole list. Reprints are the same labels, withdrawn ones are none."""
        wanted = ["|", ("status", "!=", "cancelled"), ("current_label", ">", 0)]
        sums = self._label_print_sums(
            [("job_type", "!=", "reprint"), *wanted],
            "current_label:sum",
            "quantity:sum",
            "attention:count",
            "failure_count:sum",
        )
        for production in self:
            printed, wanted, attentions, failures = sums.get(production, (0, 0, 0, 0))
            production.label_print_printed = printed
            production.label_print_wanted = wanted
            production.label_print_needs_hand = attentions + failures > 0

    def _label_print_sums(self, domain, *aggregates):
        """Return aggregates over the print jobs of each order that has some, by order."""
        groups = self.env["label.print.job"]._read_group(
            [("mo_id", "in", self.ids), *domain], ["mo_id"], aggregates
        )
        return {production: tuple(values) for production, *values in groups}
