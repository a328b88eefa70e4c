import json

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import HttpCase, new_test_user, tagged

from .common import TOUR_SECONDS, LabelPrintCase


@tagged("post_install", "-at_install")
class TestReportPrinting(LabelPrintCase):
    """Odoo's own ZPL reports go to a label printer, if they are set so."""

    def report(self, xmlid, **values):
        report = self.env.ref(xmlid)
        report.write({"label_print_to": "printer", **values})
        return report

    def print(self, action, user=None):
        """Do what the web client does with the action of a report."""
        # On its way through the client, numbers that are keys become texts.
        data = json.loads(json.dumps(action.get("data") or {}))
        ids = [] if data else action["context"]["active_ids"]
        jobs = self.jobs.with_user(user or self.maker).with_context(**action["context"])
        answer = jobs.print_report(action["report_name"], ids, data)
        return self.jobs.browse(answer["job_id"] or ())

    def test_a_report_is_downloaded_unless_it_is_set_to_print(self):
        lot = self.env["stock.lot"].create({"product_id": self.products["lot"].id, "name": "L-1"})
        action = self.env.ref("stock.label_lot_template").report_action(lot.ids, config=False)
        self.assertFalse(self.print(action))

    def test_reports_of_all_kinds(self):
        order = self.order(3)
        lots = self.env["stock.lot"].create(
            [{"product_id": self.products["lot"].id, "name": f"LOT-{n}"} for n in (1, 2)]
        )
        product = self.products["none"]
        product.barcode = "4006381333931"
        packages = self.env["stock.package"].create([{"name": "BOX-7"}])
        for xmlid, records, labels, text in (
            ("mrp.label_manufacture_template", order, 3, product.name),
            ("stock.label_lot_template", lots, 2, "LOT-2"),
            ("stock.label_package_template", packages, 1, "BOX-7"),
            ("stock.label_picking_type", order.picking_type_id, None, "^XA"),
        ):
            with self.subTest(report=xmlid):
                report = self.report(xmlid)
                job = self.print(report.report_action(records.ids, config=False))
                self.assertEqual((job.job_type, job.submitted_by), ("report", self.maker))
                self.platen.requests.clear()
                self.send()
                (body,) = self.platen.bodies()
                self.assertIn(text, body["zpl"])
                self.assertEqual(body["printer"], "line-a")
                self.assertEqual(body["job_type"], "report")
                self.assertFalse({"template", "labels", "quantity", "data"} & set(body))
                self.assertEqual(job.quantity, body["zpl"].count("^XA"))
                if labels:
                    self.assertEqual(job.quantity, labels)
                self.assertEqual(job.status, "queued")

    def test_the_wizard_of_product_labels(self):
        self.report("stock.label_product_product")
        # Odoo's own label of a product with a code cannot be drawn by Python 3.11.
        product = self.component
        wizard = (
            self.env["product.label.layout"]
            .with_context(default_product_ids=product.ids)
            .create({"print_format": "zpl", "custom_quantity": 4})
        )
        job = self.print(wizard.process())
        self.assertEqual(job.quantity, 4)
        self.assertIn(product.name, job.zpl)
        self.assertIn("4 labels", job.display_name)

    def test_automatic_printing_when_an_order_is_done(self):
        """What Odoo returns to the client is made of the same actions."""
        self.report("mrp.label_manufacture_template")
        order = self.order(2)
        order.picking_type_id.sudo().write(
            {
                "auto_print_done_mrp_product_labels": True,
                "mrp_product_label_to_print": "zpl",
            }
        )
        order.qty_producing = 2
        result = order.with_context(skip_consumption=True).button_mark_done()
        self.assertEqual(result["tag"], "do_multi_print")
        (action,) = result["params"]["reports"]
        job = self.print(action)
        self.assertEqual((job.mo_id, job.quantity), (order, 2))
        self.send()
        (body,) = self.platen.bodies()
        self.assertEqual(body["mo"]["id"], order.id)

    def test_printer_or_pool_of_the_report(self):
        other = self.env["printer.configuration"].create({"name": "line-b"})
        report = self.report("stock.label_lot_template", label_print_printer_id=other.id)
        lot = self.env["stock.lot"].create({"product_id": self.products["lot"].id, "name": "L-1"})
        action = report.report_action(lot.ids, config=False)
        self.assertEqual(self.print(action).printer_id, other)
        report.write({"label_print_printer_id": False, "label_print_pool_name": "line"})
        self.assertEqual(self.print(action).pool_name, "line")
        with self.assertRaises(ValidationError):
            report.label_print_printer_id = other

    def test_a_printer_in_trouble_says_so_at_once(self):
        self.printer.write(
            {"status": "faulted", "fault_message": "The paper is out.", "fault_action": "Load paper."}
        )
        self.env["printer.configuration"].create({"name": "line-b", "status": "idle"})
        order = self.order(1)
        report = self.report("mrp.label_manufacture_template")
        answer = self.jobs.with_user(self.maker).print_report(report.report_name, order.ids)
        self.assertEqual(answer["type"], "warning")
        for words in ("The paper is out. Load paper.", "line-b would print now."):
            self.assertIn(words, answer["message"])
        told = order.action_label_print()["params"]
        self.assertIn("line-b would print now.", told["message"])

    def test_only_text_reports_go_to_a_label_printer(self):
        with self.assertRaises(ValidationError):
            self.report("mrp.action_report_production_order")

    def test_letters_of_the_world(self):
        report = self.report("mrp.label_manufacture_template")
        self.products["none"].name = "Regal für Bücher"
        job = self.print(report.report_action(self.order(1).ids, config=False))
        self.assertIn("Bücher", job.zpl)
        self.assertTrue(job.zpl.strip().startswith("^XA^CI28"))

    def test_nothing_to_print(self):
        report = self.report("stock.label_lot_template")
        with self.assertRaises(UserError):
            self.print(report.report_action([0], config=False))

    def test_job_outlives_what_it_is_about(self):
        report = self.report("stock.label_lot_template")
        lot = self.env["stock.lot"].create({"product_id": self.products["lot"].id, "name": "L-9"})
        job = self.print(report.report_action(lot.ids, config=False))
        lot.unlink()
        self.send()
        self.tell(self.report_of(job))
        self.assertEqual(job.status, "completed")
        (toast,) = self.toasts(self.maker)
        self.assertIn("L-9", toast["message"])

    def report_of(self, job):
        return LabelPrintCase.report(self, job, 2, "completed", quantity=1, current_label=1)

    def test_rights(self):
        report = self.report("stock.label_lot_template")
        lot = self.env["stock.lot"].create({"product_id": self.products["lot"].id, "name": "L-1"})
        action = report.report_action(lot.ids, config=False)
        stocker = new_test_user(self.env, login="stocker", groups="stock.group_stock_user")
        with self.assertRaises(AccessError):
            self.print(action, stocker)
        clerk = new_test_user(
            self.env, login="clerk", groups="base.group_user,label_print.group_user"
        )
        with self.assertRaises(AccessError):
            self.print(action, clerk)
        report.group_ids = [Command.set(self.env.ref("base.group_system").ids)]
        with self.assertRaises(AccessError):
            self.print(action)
        with self.assertRaises(AccessError):
            report.with_user(self.manager).label_print_to = "download"


@tagged("post_install", "-at_install")
class TestReportHandler(LabelPrintCase, HttpCase):
    """In a browser: the Print menu, and what Odoo prints by itself."""

    def test_print_menu_and_automatic_printing(self):
        report = self.env.ref("mrp.label_manufacture_template")
        report.label_print_to = "printer"
        order = self.order(2, user=self.manager)
        self.start_tour(
            f"/odoo/manufacturing/{order.id}",
            "label_print_report_handler",
            login=self.manager.login,
            timeout=TOUR_SECONDS,
        )
        jobs = self.jobs_of(order)
        self.assertEqual(jobs.mapped("job_type"), ["report", "report"])
