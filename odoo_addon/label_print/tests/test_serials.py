from unittest.mock import patch

from odoo.exceptions import ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import LabelPrintCase

LOGGER = "odoo.addons.label_print.models.mrp_production_split"


@tagged("post_install", "-at_install")
class TestSerials(LabelPrintCase):
    """Serials which were planned before a split belong to the unit that is made with them."""

    def held(self, orders):
        return [sorted(order.lot_producing_ids.mapped("name")) for order in orders]

    def printed(self):
        """Return the serials on the labels of each job sent."""
        return [[label.get("serial") for label in body["labels"]] for body in self.platen.bodies()]

    def test_each_piece_gets_the_serials_of_its_units(self):
        for confirm in (True, False):
            order = self.order(10, tracking="serial", confirm=confirm)
            names = self.plan(order, 10)
            pieces = self.split(order, [4, 3, 3])
            expected = [names[:4], names[4:7], names[7:]]
            self.assertEqual(self.held(pieces), expected)
            self.assertEqual(self.jobs_of(pieces).mapped("quantity"), [4, 3, 3])
            self.platen.requests.clear()
            self.send()
            self.assertEqual(self.printed(), expected)

    def test_a_piece_is_split_again(self):
        order = self.order(6, tracking="serial")
        names = self.plan(order, 6)
        pieces = self.split(order, [4, 2])
        pieces = self.split(pieces[0], [1, 3])
        self.assertEqual(self.held(pieces), [names[:1], names[4:], names[1:4]])

    def test_fewer_serials_than_units(self):
        order = self.order(6, tracking="serial")
        names = self.plan(order, 4)
        pieces = self.split(order, [2, 3, 1])
        self.assertEqual(self.held(pieces), [names[:2], names[2:], []])
        self.send()
        self.assertEqual(self.printed(), [names[:2], [*names[2:], None], [None]])

    def test_serials_nobody_has_a_unit_for_print_no_label(self):
        order = self.order(4, tracking="serial")
        names = self.plan(order, 7)
        pieces = self.split(order, [2, 2])
        self.assertEqual(self.held(pieces), [names[:2] + names[4:], names[2:4]])
        self.assertEqual(self.jobs_of(pieces).mapped("quantity"), [2, 2])
        self.send()
        self.assertEqual(self.printed(), [names[:2], names[2:4]])
        self.assertEqual(self.jobs_of(pieces).mapped("quantity"), [2, 2])

    def test_several_orders_at_once_keep_their_serials_apart(self):
        orders = self.order(4, tracking="serial") | self.order(3, tracking="serial")
        first, second = (self.plan(order, int(order.product_qty)) for order in orders)
        pieces = orders._split_productions({orders[0]: [1, 3], orders[1]: [2, 1]})
        self.assertEqual(self.held(pieces), [first[:1], first[1:], second[:2], second[2:]])

    def test_dozens_hold_twelve_serials_each(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        # Not confirmed: confirming turns them into units.
        order = self.order(2, tracking="serial", confirm=False, product_uom_id=dozen.id)
        names = self.plan(order, 24)
        self.assertEqual(self.held(self.split(order, [1, 1])), [names[:12], names[12:]])

    def test_lot_stays_where_it_was(self):
        order = self.order(4, tracking="lot")
        names = self.plan(order, 1)
        self.assertEqual(self.held(self.split(order, [2, 2])), [names, []])

    def test_backorder_and_orders_begun_are_left_alone(self):
        order = self.order(4, tracking="serial")
        names = self.plan(order, 4)
        order.qty_producing = 4
        self.assertNotIn(order.state, ("draft", "confirmed"))
        pieces = order._split_productions({order: [2, 2]})
        self.assertEqual(self.held(pieces), [names, []])
        order = self.order(4, tracking="serial")
        names = self.plan(order, 4)
        pieces = order.with_context(mo_ids_to_backorder=order.ids)._split_productions(
            {order: [2, 2]}
        )
        self.assertEqual(self.held(pieces), [names, []])

    def test_what_odoo_refuses_does_not_break_the_split(self):
        order = self.order(4, tracking="serial")
        names = self.plan(order, 4)
        productions = type(order)
        write = productions.write

        refusal = "Not this one."

        def refuse(records, vals):
            if "lot_producing_ids" in vals and records != order:
                raise ValidationError(refusal)
            return write(records, vals)

        with patch.object(productions, "write", refuse), mute_logger(LOGGER):
            pieces = self.split(order, [1, 3])
        self.assertEqual(pieces.mapped("product_qty"), [1, 3])
        self.assertEqual(self.held(pieces), [names, []], "half of it was kept")
        self.send()
        self.assertEqual(self.printed(), [names[:1], [None] * 3])
