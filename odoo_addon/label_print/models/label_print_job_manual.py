from odoo import api, fields, models


class LabelPrintJob(models.Model):
    """Jobs asked for by hand: what is on their labels was chosen, and is kept."""

    # One file for each responsibility.
    _inherit = "label.print.job"  # pylint: disable=consider-merging-classes-inherited

    content = fields.Json(
        readonly=True,
        copy=False,
        help="What is on the labels, as it was chosen. Empty: read from the order when sent.",
    )
    product_id = fields.Many2one(
        "product.product",
        related=None,
        compute="_compute_product_id",
        store=True,
        precompute=True,
    )

    @api.depends("mo_id.product_id")
    def _compute_product_id(self):
        for job in self:
            job.product_id = job.mo_id.product_id or job.product_id

    def _prepare_content(self):
        """Return what was chosen by hand, or what the order says now."""
        if not self.content:
            return super()._prepare_content()
        return {"template": self.template, **self.content}
