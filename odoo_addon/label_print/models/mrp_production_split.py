import logging

from psycopg2 import OperationalError

from odoo import models

_logger = logging.getLogger(__name__)


class MrpProduction(models.Model):
    """Splits and backorders, which all come through one method."""

    # One file for each responsibility.
    _inherit = "mrp.production"  # pylint: disable=consider-merging-classes-inherited

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
        if self._label_print_is_backorder():
            # What is done now is no backorder; its labels are those of an order that is done.
            (productions - self)._label_print_on("backorder")
            return productions
        productions._label_print_hand_on_serials(self)
        productions.filtered(
            lambda production: before.get(production) != production._label_print_identity()
        )._label_print_on("split")
        return productions

    def _label_print_is_backorder(self):
        """Tell a person's split from the pieces Odoo makes by itself."""
        context = self.env.context
        return bool(context.get("mo_ids_to_backorder") or context.get("allow_more"))

    def _label_print_identity(self):
        """Return what a split changes about labels; the rest is read when they are sent."""
        self.ensure_one()
        return self.name, self.product_uom_qty

    def _label_print_hand_on_serials(self, originals):
        """Give the pieces of a split the serials which were planned for their units.

        Odoo leaves all of them on the original. Pieces follow their original, and take
        as many as they have units; what nobody has a unit for stays where it was.
        An order that is being made already keeps its serials: they are on its units.
        """
        if self.env.context.get("label_print_skip"):
            return
        try:
            # The savepoint keeps a failure of ours out of the user's split.
            with self.env.cr.savepoint():
                # A number that changes hands is not made anew.
                pieces = self.with_context(label_print_skip=True)
                original, surplus = pieces.browse(), self.env["stock.lot"]
                for production in pieces:
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
