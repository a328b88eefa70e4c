import math

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError


class MrpProduction(models.Model):
    _inherit = "mrp.production"

    label_print_job_ids = fields.One2many(
        "label.print.job",
        "mo_id",
        string="Label Print Jobs",
        groups="label_print.group_user",
    )

    # ------------------------------------------------------------------
    # Labels
    # ------------------------------------------------------------------

    def _label_print_quantity(self):
        """Return the number of labels: whole units of the product, at least one."""
        self.ensure_one()
        if self.state == "done":
            # An order closed without backorder keeps its planned quantity.
            units = self.product_uom_id._compute_quantity(
                self.qty_produced, self.product_id.uom_id, round=False
            )
        else:
            units = self.product_uom_qty
        return self._label_print_whole(units)

    @api.model
    def _label_print_whole(self, units):
        """Return the number of labels for units: whole ones, at least one."""
        # Rounded first: 3.0000000000000004 of something are three.
        return max(1, math.ceil(round(units, 6)))

    def _label_print_serials(self):
        """Return the serials of the order in the order of its labels."""
        self.ensure_one()
        return self._label_print_sorted(self.lot_producing_ids)

    @api.model
    def _label_print_sorted(self, lots):
        return lots.sorted(lambda lot: (lot.name, lot.id))

    def _label_print_packages(self):
        """Return the packages in which the order puts its product."""
        self.ensure_one()
        lines = self.finished_move_line_ids.filtered(
            lambda line: line.product_id == self.product_id
        )
        return lines.result_package_id.sorted(lambda package: (package.name, package.id))

    def action_label_print(self):
        """Print the labels of these orders, asked for by hand."""
        if not self.env.user.has_group("label_print.group_user"):
            raise AccessError(self.env._("You need the right to print labels."))
        self.check_access("read")
        productions = self.filtered(lambda production: production.state != "cancel")
        if not productions:
            raise UserError(self.env._("Cancelled orders have no labels."))
        jobs = self.env["label.print.job"]._enqueue(productions, "manual")
        labels = sum(jobs.mapped("quantity"))
        if len(jobs) == 1:
            message = self.env._(
                "%(labels)s labels asked for %(order)s.",
                labels=labels,
                order=productions.display_name,
            )
        else:
            message = self.env._(
                "%(labels)s labels asked for %(orders)s orders.", labels=labels, orders=len(jobs)
            )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                **jobs.printer_id[:1]._with_trouble(message),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def action_label_print_jobs(self):
        """Open the print jobs of these orders."""
        self.check_access("read")
        self.env["label.print.job"].check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id("label_print.label_print_job_action")
        action["domain"] = [("mo_id", "in", self.ids)]
        action["context"] = {}
        return action
