from odoo.tests import tagged

from .common import LabelPrintCase


@tagged("post_install", "-at_install")
class TestContent(LabelPrintCase):
    """What is on the labels is read when the job is sent."""

    def lots(self, tracking, *names):
        return self.env["stock.lot"].create(
            [{"product_id": self.products[tracking].id, "name": name} for name in names]
        )

    def test_names_are_those_after_the_split(self):
        order = self.order(10)
        name = order.name
        pieces = self.split(order, [4, 3, 3])
        self.send()
        bodies = self.platen.bodies()
        self.assertEqual(
            [body["mo"] for body in bodies],
            [
                {"id": piece.id, "name": f"{name}-00{number}"}
                for number, piece in enumerate(pieces, 1)
            ],
        )
        self.assertEqual([body["quantity"] for body in bodies], [4, 3, 3])
        self.assertEqual(self.jobs_of(pieces)[0].display_name, f"{name}-001 · 4 labels")

    def test_whole_body(self):
        order = self.order(2)
        order.action_label_print()
        job = self.jobs_of(order)
        self.send()
        (body,) = self.platen.bodies()
        self.assertEqual(
            body,
            {
                "uuid": job.uuid,
                "template": "mo_label",
                "printer": "line-a",
                "job_type": "manual",
                "priority": 5,
                "submitted_by": self.maker.name,
                "mo": {"id": order.id, "name": order.name},
                "data": {"product": "Shelf (none)", "code": "SHELF-NONE"},
                "quantity": 2,
                "expires_at": None,
            },
        )

    def test_serials_assigned_after_the_split_are_printed(self):
        pieces = self.split(self.order(4, tracking="serial"), [2, 2])
        pieces[0].lot_producing_ids = self.lots("serial", "SN-2", "SN-1")
        pieces[1].lot_producing_ids = self.lots("serial", "SN-3")
        self.send()
        first, second = self.platen.bodies()
        self.assertEqual(first["labels"], [{"serial": "SN-1"}, {"serial": "SN-2"}])
        self.assertEqual(second["labels"], [{"serial": "SN-3"}, {}])
        self.assertNotIn("quantity", first)

    def test_lot_is_on_every_label(self):
        order = self.order(3, tracking="lot")
        order.action_label_print()
        order.lot_producing_ids = self.lots("lot", "LOT-7")
        self.send()
        (body,) = self.platen.bodies()
        self.assertEqual(body["data"]["lot"], "LOT-7")
        self.assertEqual(body["quantity"], 3)

    def test_quantity_is_counted_again(self):
        order = self.order(5)
        order.action_label_print()
        self.env["change.production.qty"].create(
            {"mo_id": order.id, "product_qty": 8}
        ).change_prod_qty()
        self.send()
        self.assertEqual(self.platen.bodies()[0]["quantity"], 8)
        self.assertEqual(self.jobs_of(order).quantity, 8)

    def test_order_closed_short_prints_what_was_made(self):
        order = self.order(10)
        order.qty_producing = 4
        order.with_context(skip_backorder=True, skip_consumption=True).button_mark_done()
        self.assertEqual((order.state, order.product_qty), ("done", 10))
        self.assertEqual(order._label_print_quantity(), 4)

    def test_values_travel_as_data(self):
        self.products["none"].name = "Bolt ^XZ^XA^PQ99 ~JR _5E"
        self.order(1).action_label_print()
        self.send()
        (body,) = self.platen.bodies()
        self.assertEqual(body["data"]["product"], "Bolt ^XZ^XA^PQ99 ~JR _5E")
