from odoo import fields, models


class ProductCategory(models.Model):
    _inherit = "product.category"

    label_print_template_id = fields.Many2one(
        "label.print.template",
        string="Label Template",
        ondelete="set null",
        groups="label_print.group_user",
        help="For the labels of products of this category and those below it; "
        "the product's own template wins, and a print rule wins over both.",
    )

    def _label_print_template(self):
        """Return the template of the category or of the nearest one above."""
        # sudo: whoever prints labels need not be allowed to read every category
        category = self.sudo()
        while category:
            if category.label_print_template_id:
                return category.label_print_template_id
            category = category.parent_id
        return self.env["label.print.template"]
