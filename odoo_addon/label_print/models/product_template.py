from odoo import fields, models


class ProductTemplate(models.Model):
    _inherit = "product.template"

    label_print_template_id = fields.Many2one(
        "label.print.template",
        string="Label Template",
        ondelete="set null",
        groups="label_print.group_user",
        help="Empty: the one of the product's category, else the default of the settings.",
    )

    def _label_print_template(self):
        """Return the template assigned to the product or its category, or nothing."""
        # sudo: a split prints labels whatever its user may read of products
        product = self.sudo()
        return product.label_print_template_id or product.categ_id._label_print_template()
