from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user, tagged

from .common import LabelPrintCase


@tagged("post_install", "-at_install")
class TestWizard(LabelPrintCase):
    def wizard(self, records, user=None, **values):
        user = user or self.maker
        wizards = self.env["label.print.wizard"].with_user(user)
        action = wizards._open_for(records.with_user(user))
        wizard = wizards.browse(action["res_id"])
        wizard.write(values)
        return wizard

    def printed(self, wizard):
        """Return the bodies the service got when the wizard's jobs were sent."""
        wizard.action_print()
        self.send()
        return self.platen.bodies()

    def test_an_order_with_what_was_chosen(self):
        order = self.order(3)
        wizard = self.wizard(order, quantity=5, copies=2, priority="9")
        self.assertEqual(wizard.template_id.name, "mo_label")
        self.assertEqual(wizard.printer_id, self.printer)
        self.assertEqual(wizard.label_count, 10)
        wizard.value_ids.filtered(lambda line: line.name == "note").value = "Handle with care"
        [body] = self.printed(wizard)
        self.assertEqual(body["quantity"], 5)
        self.assertEqual(body["copies"], 2)
        self.assertEqual(body["priority"], 9)
        self.assertEqual(body["mo"], {"id": order.id, "name": order.name})
        self.assertEqual(body["data"]["product"], "Shelf (none)")
        self.assertEqual(body["data"]["note"], "Handle with care")
        job = self.jobs_of(order)
        self.assertEqual((job.status, job.quantity), ("queued", 10))

    def test_the_first_rule_of_an_order_proposes_template_and_printer(self):
        other = self.env["printer.configuration"].create({"name": "line-b"})
        self.wizard(self.order(1))
        template = self.env["label.print.template"].create({"name": "tag", "title": "Tag"})
        self.rule("done", template="tag", printer_id=other.id)
        wizard = self.wizard(self.order(1))
        self.assertEqual((wizard.template_id, wizard.printer_id), (template, other))

    def test_some_of_the_serials(self):
        order = self.order(4, "serial")
        lots = self.env["stock.lot"].create(
            [{"name": f"SN-{n}", "product_id": order.product_id.id} for n in range(1, 5)]
        )
        order.lot_producing_ids = lots
        wizard = self.wizard(order, label_range="1, 3-4")
        self.assertEqual(wizard.label_count, 3)
        [body] = self.printed(wizard)
        self.assertEqual([label["serial"] for label in body["labels"]], ["SN-1", "SN-3", "SN-4"])
        wizard = self.wizard(order, label_range="3-9")
        with self.assertRaisesRegex(UserError, "labels 1 to 4"):
            wizard.action_print()

    def test_many_orders_each_with_its_own_number(self):
        orders = self.order(2) | self.order(3) | self.order(4)
        orders[2].action_cancel()
        bodies = self.printed(self.wizard(orders))
        self.assertEqual([body["quantity"] for body in bodies], [2, 3])
        with self.assertRaisesRegex(UserError, "nothing to print"):
            self.wizard(orders[2])

    def test_a_change_reads_one_order_of_many(self):
        orders = self.order(1) | self.order(2) | self.order(3)
        wizard = self.wizard(orders)
        sources = type(self.env["label.print.source"])
        prepare = sources._prepare_mrp_production
        with patch.object(sources, "_prepare_mrp_production", autospec=True) as spy:
            spy.side_effect = prepare
            with Form(wizard) as form:
                spy.reset_mock()
                form.copies = 2
                self.assertEqual(form.summary, "12 labels in 3 batches")
                self.assertEqual([call.args[1] for call in spy.call_args_list], [orders[0]])

    def test_a_location(self):
        self.wizard(self.order(1))
        template = self.env["label.print.template"].create({"name": "location", "title": "Place"})
        location = self.env["stock.location"].create(
            {
                "name": "A-03-02",
                "barcode": "WH-A-03-02",
                "location_id": self.env.ref("stock.stock_location_stock").id,
            }
        )
        keeper = new_test_user(
            self.env, login="keeper", groups="stock.group_stock_user,label_print.group_user"
        )
        wizard = self.wizard(location, user=keeper)
        self.assertEqual(wizard.template_id, template)
        [body] = self.printed(wizard)
        self.assertEqual(
            body["data"],
            {
                "location": "A-03-02",
                "path": location.location_id.complete_name,
                "barcode": "WH-A-03-02",
            },
        )

    def test_lots_products_and_transfers(self):
        lot = self.env["stock.lot"].create(
            {"name": "L-77", "product_id": self.products["lot"].id}
        )
        product = self.products["none"]
        product.barcode = "4006381333931"
        for records, expected in (
            (lot, {"lot": "L-77", "product": "Shelf (lot)"}),
            (product, {"gtin": "04006381333931", "code": "SHELF-NONE"}),
            (product.product_tmpl_id, {"product": "Shelf (none)"}),
        ):
            wizard = self.wizard(records)
            body = self.printed(wizard)[-1]
            self.assertEqual(body["quantity"], 1)
            self.assertEqual({name: body["data"][name] for name in expected}, expected)
            self.assertNotIn("mo", body)
        warehouse = self.env["stock.warehouse"].search([], limit=1)
        picking = self.env["stock.picking"].create(
            {
                "picking_type_id": warehouse.in_type_id.id,
                "location_id": self.env.ref("stock.stock_location_suppliers").id,
                "location_dest_id": warehouse.lot_stock_id.id,
                "move_line_ids": [
                    (0, 0, {"product_id": product.id, "quantity": 2}),
                    (0, 0, {"product_id": self.products["lot"].id, "lot_name": "L-78", "quantity": 9}),
                ],
            }
        )
        stock_user = new_test_user(
            self.env, login="mover", groups="stock.group_stock_user,label_print.group_user"
        )
        first, second = self.printed(self.wizard(picking, user=stock_user))[-2:]
        self.assertEqual((first["quantity"], first["data"]["transfer"]), (2, picking.name))
        self.assertEqual(second["labels"], [{"lot": "L-78"}])

    def test_a_printer_in_trouble_says_so_and_another_is_offered(self):
        other = self.env["printer.configuration"].create(
            {"name": "line-b", "status": "idle", "pool_name": "line"}
        )
        self.env["printer.configuration"].create({"name": "far-away", "status": "idle"})
        self.printer.write(
            {
                "status": "faulted",
                "pool_name": "line",
                "fault_message": "The paper is out.",
                "fault_action": "Load paper.",
            }
        )
        wizard = self.wizard(self.order(1))
        self.assertEqual(wizard.printer_trouble, "The paper is out. Load paper.")
        self.assertEqual(wizard.suggested_printer_id, other)
        wizard.action_use_suggested_printer()
        self.assertFalse(wizard.printer_trouble)
        self.assertEqual(self.printed(wizard)[0]["printer"], "line-b")

    def test_check_prints_nothing(self):
        self.platen.warning = {"message": "The head is open.", "action": "Close it."}
        order = self.order(2)
        wizard = self.wizard(order)
        wizard.action_try()
        self.assertIn("The head is open.", wizard.trial_html)
        self.assertFalse(self.jobs_of(order))
        self.assertEqual(self.platen.bodies(), [])

    def test_the_picture_is_of_the_chosen_label(self):
        order = self.order(3)
        wizard = self.wizard(order, shown_label=9)
        self.assertTrue(wizard.picture)
        previews = self.platen.bodies("/api/templates/mo_label/preview")
        self.assertEqual((previews[-1]["label"], previews[-1]["quantity"]), (3, 3))
        self.platen.close()
        wizard.invalidate_recordset(["picture", "findings_html"])
        self.assertFalse(wizard.picture)
        self.assertIn("No print service is listening", wizard.findings_html)

    def test_only_those_who_may_print(self):
        nobody = new_test_user(self.env, login="nobody", groups="stock.group_stock_user")
        with self.assertRaises(AccessError):
            self.wizard(self.products["none"], user=nobody)
