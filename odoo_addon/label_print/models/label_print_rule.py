from odoo import api, fields, models
from odoo.exceptions import ValidationError

#: What happens to an order, in the order of its life.
EVENTS = [
    ("confirm", "An order is confirmed"),
    ("split", "An order is split"),
    ("lot_created", "Lot or serial numbers are made for an order"),
    ("done", "An order is done"),
    ("backorder", "A backorder is made"),
]
JOB_TYPES = {
    "confirm": "mo_confirm",
    "split": "mo_split",
    "lot_created": "lot_created",
    "done": "mo_done",
    "backorder": "backorder",
}
LABELS_PER = [
    ("unit", "Unit"),
    ("serial", "Serial number"),
    ("lot", "Lot or serial number"),
    ("package", "Package"),
    ("fixed", "Order, a fixed number"),
]
MAX_LABELS = 100_000


class LabelPrintRule(models.Model):
    """Says which labels an event in the life of an order prints, and where."""

    _name = "label.print.rule"
    _description = "Label Print Rule"
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company",
        default=lambda self: self.env.company,
        help="Empty: the orders of every company.",
    )
    event = fields.Selection(EVENTS, string="When", required=True, default="split")

    # Each empty condition is met; of several values one is enough.
    picking_type_ids = fields.Many2many(
        "stock.picking.type",
        string="Operation Types",
        domain="[('code', '=', 'mrp_operation')]",
        check_company=True,
    )
    warehouse_ids = fields.Many2many("stock.warehouse", string="Warehouses", check_company=True)
    workcenter_ids = fields.Many2many(
        "mrp.workcenter",
        string="Work Centers",
        check_company=True,
        help="The order has an operation in one of them.",
    )
    product_ids = fields.Many2many("product.product", string="Products", check_company=True)
    category_ids = fields.Many2many(
        "product.category", string="Product Categories", help="With the categories below them."
    )
    user_ids = fields.Many2many(
        "res.users", string="Users", help="Who confirms, splits or finishes the order."
    )

    template_id = fields.Many2one(
        "label.print.template",
        ondelete="restrict",
        help="Empty: the one of the product, its category, or the settings.",
    )
    template = fields.Char(
        string="Technical Name of the Template",
        compute="_compute_template",
        inverse="_inverse_template",
        help="For files and calls that know the template by its name.",
    )
    printer_id = fields.Many2one(
        "printer.configuration",
        check_company=True,
        help="Empty, and no pool either: the printer of the settings.",
    )
    pool_name = fields.Char(
        string="Pool", help="The printer of this pool with the shortest queue prints."
    )
    labels_per = fields.Selection(LABELS_PER, string="One Label per", required=True, default="unit")
    fixed_quantity = fields.Integer(string="Labels", default=1)
    copies = fields.Integer(default=1, help="Each label so many times.")
    priority = fields.Integer(default=5, help="0 to 9; higher prints first.")
    stop = fields.Boolean(
        string="Last Rule", help="Orders that meet this rule are not shown to the rules below it."
    )

    _priority_range = models.Constraint(
        "CHECK (priority BETWEEN 0 AND 9)", "The priority is a number from 0 to 9."
    )
    _copies_range = models.Constraint(
        f"CHECK (copies BETWEEN 1 AND {MAX_LABELS})", "A label is printed at least once."
    )
    _fixed_quantity_range = models.Constraint(
        f"CHECK (labels_per != 'fixed' OR fixed_quantity BETWEEN 1 AND {MAX_LABELS})",
        "The number of labels is at least one.",
    )

    @api.depends("template_id.name")
    def _compute_template(self):
        for rule in self:
            # sudo: a rule is followed whatever its user may read of templates
            rule.template = rule.sudo().template_id.name

    def _inverse_template(self):
        templates = self.env["label.print.template"]
        for rule in self:
            rule.template_id = rule.template and templates._by_name(rule.template)

    @api.constrains("printer_id", "pool_name")
    def _check_one_destination(self):
        for rule in self:
            if rule.printer_id and rule.pool_name:
                raise ValidationError(
                    self.env._("%(rule)s: choose a printer or a pool, not both.", rule=rule.name)
                )

    # ------------------------------------------------------------------
    # Choosing
    # ------------------------------------------------------------------

    @api.model
    def _of_company(self, company):
        """Return the active rules for the orders of a company, in their order."""
        # sudo: whoever works on an order causes its labels, whatever he may read
        return self.sudo().search([("company_id", "in", (False, company.id))])

    def _choose(self, production):
        """Return those of the rules whose labels the order gets."""
        chosen = self.browse()
        for rule in self:
            if rule._is_met_by(production):
                chosen += rule
                if rule.stop:
                    break
        return chosen

    def _is_met_by(self, production):
        """Tell whether an order meets all conditions; extend for further ones."""
        self.ensure_one()
        # sudo: conditions are about the order, not about what its user may read
        production = production.sudo()
        tracking = production.product_id.tracking
        if (self.labels_per == "serial" and tracking != "serial") or (
            self.labels_per == "lot" and tracking == "none"
        ):
            return False
        for wanted, found in (
            (self.picking_type_ids, production.picking_type_id),
            (self.warehouse_ids, production.picking_type_id.warehouse_id),
            (self.workcenter_ids, production.workorder_ids.workcenter_id),
            (self.product_ids, production.product_id),
            (self.user_ids, self.env.user),
        ):
            if wanted and not wanted & found:
                return False
        path = production.product_id.categ_id.parent_path or ""
        return not self.category_ids or any(
            path.startswith(category.parent_path) for category in self.category_ids
        )

    # ------------------------------------------------------------------
    # Asking
    # ------------------------------------------------------------------

    def _prepare_job_values(self, production, lots):
        """Return what the rule says about the job of an order, beside template and printer."""
        self.ensure_one()
        return {
            "rule_id": self.id,
            "rule_key": self._job_key(production, lots),
            "labels_per": self.labels_per,
            "fixed_quantity": self.fixed_quantity,
            "copies": self.copies,
            "priority": self.priority,
            "lot_ids": [fields.Command.set(lots.ids)],
        }

    def _job_key(self, production, lots):
        """Return what makes a job the same one, asked for again.

        An order is confirmed, done or left over once. A split may follow a split: there it is
        the name and the quantity it leaves behind; and with numbers, those.
        """
        self.ensure_one()
        parts = [self.id, self.event, production.id]
        if self.event == "split":
            parts += production._label_print_identity()
        elif self.event == "lot_created":
            parts.append(",".join(map(str, sorted(lots.ids))))
        return ":".join(map(str, parts))
