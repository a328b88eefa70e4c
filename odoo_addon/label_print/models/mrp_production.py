import logging
import math

from psycopg2 import OperationalError

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import str2bool

from .. import platen_client

_logger = logging.getLogger(__name__)


class MrpProduction(models.Model):
    _inherit = "mrp.production"

    label_print_job_ids = fields.One2many(
        "label.print.job",
        "mo_id",
        string="Label Print Jobs",
        groups="label_print.group_user",
    )
    label_print_job_count = fields.Integer(
        string="Print Jobs",
        compute="_compute_label_print_job_count",
        groups="label_print.group_user",
    )

    @api.depends("label_print_job_ids")
    def _compute_label_print_job_count(self):
        counts = dict(
            self.env["label.print.job"]._read_group(
                [("mo_id", "in", self.ids)], ["mo_id"], ["__count"]
            )
        )
        for production in self:
            production.label_print_job_count = counts.get(production, 0)

    # ------------------------------------------------------------------
    # Split
    # ------------------------------------------------------------------

    def _split_productions(self, amounts=False, cancel_remaining_qty=False, set_consumed_qty=False):
        """Ask for the labels of every order whose labels the split changed.

        Wizard, backorders and subcontracting all come through here; users, dates and
        often lots are assigned only after it, so no more than the wish is recorded.
        """
        before = {production: production._label_print_identity() for production in self}
        productions = super()._split_productions(
            amounts=amounts,
            cancel_remaining_qty=cancel_remaining_qty,
            set_consumed_qty=set_consumed_qty,
        )
        productions._label_print_hand_on_serials(self)
        changed = productions.filtered(
            lambda production: before.get(production) != production._label_print_identity()
        )
        changed._label_print_after_split()
        return productions

    def _label_print_hand_on_serials(self, originals):
        """Give the pieces of a split the serials which were planned for their units.

        Odoo leaves all of them on the original. Pieces follow their original, and take
        as many as they have units; what nobody has a unit for stays where it was.
        An order that is being made already keeps its serials: they are on its units.
        """
        if self._label_print_split_type() != "mo_split" or self.env.context.get("label_print_skip"):
            return
        try:
            # The savepoint keeps a failure of ours out of the user's split.
            with self.env.cr.savepoint():
                original, surplus = self.browse(), self.env["stock.lot"]
                for production in self:
                    if production in originals:
                        original = production
                        surplus = original._label_print_spare_serials()
                        continue
                    handed_on = surplus[: production._label_print_quantity()]
                    if not handed_on:
                        continue
                    surplus -= handed_on
                    original.lot_producing_ids -= handed_on
                    production.lot_producing_ids |= handed_on
        except OperationalError:
            # Odoo runs the whole call again.
            raise
        except Exception:
            # Printed are then the serials the original has units for; the others have none.
            _logger.exception("Serials stay with the orders that were split: %s", originals.ids)

    def _label_print_spare_serials(self):
        """Return the serials of an order beyond its units, if it was not begun."""
        self.ensure_one()
        if self.product_tracking != "serial" or self.state not in ("draft", "confirmed"):
            return self.env["stock.lot"]
        return self._label_print_serials()[self._label_print_quantity() :]

    def _label_print_identity(self):
        """Return what a split changes about labels; the rest is read when they are sent."""
        self.ensure_one()
        return self.name, self.product_uom_qty

    def _label_print_after_split(self):
        job_type = self._label_print_split_type()
        if not self or not self._label_print_is_wanted(job_type):
            return
        jobs = self.env["label.print.job"]
        try:
            # The savepoint keeps a failure of ours out of the user's split.
            with self.env.cr.savepoint():
                # sudo: withdrawing is no right of the user, but follows from the split
                outdated = jobs.sudo().search(
                    [("mo_id", "in", self.ids), ("status", "=", "pending")]
                )
                outdated._withdraw(self.env._("Replaced: the order was split again."))
                jobs._enqueue(self, job_type)
        except OperationalError:
            # Odoo runs the whole call again.
            raise
        except Exception:
            _logger.exception("No labels were asked for after the split of %s", self.ids)
            jobs._send_toast(
                self.env.user,
                {
                    "type": "danger",
                    "title": self.env._("Labels not printed"),
                    "message": self.env._(
                        "The split is done, but its labels could not be asked for. "
                        "Use Print labels on the orders."
                    ),
                    "sticky": True,
                    "job_id": False,
                },
            )

    def _label_print_split_type(self):
        """Tell a person's split from the pieces Odoo makes by itself."""
        if self.env.context.get("mo_ids_to_backorder") or self.env.context.get("allow_more"):
            return "backorder"
        return "mo_split"

    @api.model
    def _label_print_is_wanted(self, job_type):
        """Decide whether an event prints by itself; extend for rules.

        Only a split does so far: the remainder of a backorder has its labels already.
        """
        if self.env.context.get("label_print_skip") or job_type != "mo_split":
            return False
        return str2bool(platen_client.setting(self.env, "print_on_split") or "True", False)

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
        # Rounded first: 3.0000000000000004 of something are three.
        return max(1, math.ceil(round(units, 6)))

    def _label_print_serials(self):
        """Return the serials of the order in the order of its labels."""
        self.ensure_one()
        return self.lot_producing_ids.sorted(lambda lot: (lot.name, lot.id))

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
                "type": "info",
                "message": message,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def action_label_print_jobs(self):
        """Open the print jobs of these orders."""
        action = self.env["ir.actions.act_window"]._for_xml_id("label_print.label_print_job_action")
        action["domain"] = [("mo_id", "in", self.ids)]
        action["context"] = {}
        return action

    # ------------------------------------------------------------------
    # Withdrawal
    # ------------------------------------------------------------------

    def _action_cancel(self):
        """Withdraw what was not sent yet of orders that are no longer made."""
        result = super()._action_cancel()
        # sudo: withdrawing is no right of the user, but follows from the cancellation
        jobs = self.env["label.print.job"].sudo()
        waiting = jobs.search([("mo_id", "in", self.ids), ("status", "=", "pending")])
        waiting._withdraw(self.env._("The manufacturing order was cancelled."))
        return result
