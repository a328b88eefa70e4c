from pathlib import Path

from psycopg2.errors import CheckViolation

from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command
from odoo.modules.migration import load_script
from odoo.tests import tagged
from odoo.tools import mute_logger
from odoo.tools.sql import column_exists

from .common import LabelPrintCase


@tagged("post_install", "-at_install")
class TestRules(LabelPrintCase):
    """Which rule an order meets, and what it prints then."""

    def printed_by(self, order):
        """Return the rules whose jobs the order has."""
        return self.jobs_of(order).rule_id

    def test_conditions(self):
        order = self.order(2, confirm=False)
        product = self.products["none"]
        parent = self.env["product.category"].create({"name": "Furniture"})
        child = self.env["product.category"].create({"name": "Shelves", "parent_id": parent.id})
        other = self.env["product.category"].create({"name": "Tools"})
        product.categ_id = child
        workcenter, idle = self.env["mrp.workcenter"].create([{"name": "Saw"}, {"name": "Drill"}])
        self.env["mrp.workorder"].create(
            {
                "name": "Saw",
                "production_id": order.id,
                "workcenter_id": workcenter.id,
                "product_uom_id": order.product_uom_id.id,
            }
        )
        picking_type = order.picking_type_id
        elsewhere = picking_type.sudo().copy({"name": "Elsewhere"}).sudo(False)
        warehouse = self.env["stock.warehouse"].create({"name": "Attic", "code": "ATTIC"})
        met, missed = [], []
        for name, right, wrong in (
            ("product_ids", product, self.products["lot"]),
            ("category_ids", parent, other),
            ("workcenter_ids", workcenter, idle),
            ("picking_type_ids", picking_type, elsewhere),
            ("warehouse_ids", picking_type.warehouse_id, warehouse),
            ("user_ids", self.maker, self.manager),
        ):
            values = {"company_id": order.company_id.id}
            for records, into in ((right | wrong, met), (wrong, missed)):
                into.append(
                    self.rule("confirm", **values, **{name: [Command.set(records.ids)]}).id
                )
        order.action_confirm()
        self.assertEqual(self.printed_by(order).ids, sorted(met), "each met one, no other")

    def test_all_conditions_must_be_met(self):
        order = self.order(1, confirm=False)
        self.rule(
            "confirm",
            product_ids=[Command.set(order.product_id.ids)],
            user_ids=[Command.set(self.manager.ids)],
        )
        order.action_confirm()
        self.assertFalse(self.jobs_of(order))

    def test_sequence_and_last_rule(self):
        second = self.rule("confirm", sequence=2, stop=True)
        self.rule("confirm", sequence=3)
        first = self.rule("confirm", sequence=1)
        self.rule("confirm", sequence=0, active=False)
        self.rule("confirm", sequence=0, stop=True, user_ids=[Command.set(self.manager.ids)])
        self.assertEqual(self.printed_by(self.order(1)), first | second)

    def test_labels_per(self):
        for labels_per, values, tracking, quantity in (
            ("unit", {}, "none", 4),
            ("unit", {"copies": 3}, "none", 12),
            ("fixed", {"fixed_quantity": 2, "copies": 2}, "none", 4),
            ("serial", {"copies": 2}, "serial", 8),
            ("lot", {}, "serial", 4),
            ("lot", {}, "lot", 1),
        ):
            with self.subTest(labels_per=labels_per, tracking=tracking, **values):
                rule = self.rule("done", labels_per=labels_per, **values)
                order = self.order(4, tracking=tracking)
                self.plan(order, {"none": 0, "lot": 1, "serial": 4}[tracking])
                order.qty_producing = 4
                order.with_context(skip_consumption=True).button_mark_done()
                self.assertEqual(order.state, "done")
                job = self.jobs_of(order)
                self.assertEqual(job.quantity, quantity)
                self.platen.requests.clear()
                self.send()
                self.assertEqual((job.status, job.quantity), ("queued", quantity))
                (body,) = self.platen.bodies()
                numbers = [set(label.values()) for label in body.get("labels", [])]
                if labels_per in ("serial", "lot"):
                    self.assertEqual(numbers, [{lot.name} for lot in order.lot_producing_ids])
                rule.active = False

    def test_one_label_per_package(self):
        self.rule("done", labels_per="package", template="box")
        order = self.order(4)
        order.qty_producing = 4
        boxes = self.env["stock.package"].create([{"name": "BOX-1"}, {"name": "BOX-2"}])
        line = order.finished_move_line_ids[:1]
        line.quantity = 2
        line.result_package_id = boxes[0]
        line.copy({"quantity": 2, "result_package_id": boxes[1].id})
        order.with_context(skip_consumption=True).button_mark_done()
        self.assertEqual(self.jobs_of(order).quantity, 2)
        self.send()
        (body,) = self.platen.bodies()
        self.assertEqual(body["labels"], [{"package": "BOX-1"}, {"package": "BOX-2"}])
        self.assertEqual(body["template"], "box")

    def test_numbers_that_are_missing_when_the_labels_are_sent(self):
        self.rule("confirm", labels_per="serial")
        job = self.jobs_of(self.order(2, tracking="serial"))
        self.send()
        self.assertEqual((job.status, job.error_code), ("failed", "nothing_to_print"))
        self.assertFalse(self.platen.requests)

    def test_only_tracked_products_have_labels_per_number(self):
        self.rule("confirm", labels_per="serial")
        self.assertFalse(self.jobs_of(self.order(2)))
        self.assertFalse(self.jobs_of(self.order(2, tracking="lot")))

    def test_a_template_by_its_name(self):
        rule = self.rule("confirm", template="tag")
        self.assertEqual((rule.template_id.name, rule.template), ("tag", "tag"))
        self.assertEqual(self.rule("done", template="tag").template_id, rule.template_id)
        rule.template = False
        self.assertFalse(rule.template_id)

    def test_rules_of_before_which_named_their_template(self):
        rule, plain = self.rule("confirm"), self.rule("done")
        self.env.cr.execute("ALTER TABLE label_print_rule ADD COLUMN template varchar")
        self.env.cr.execute("UPDATE label_print_rule SET template = 'tag' WHERE id = %s", [rule.id])
        script = Path(__file__).parents[1] / "migrations/19.0.1.1.0/post-migration.py"
        load_script(str(script), "label_print_migration").migrate(self.env.cr, "19.0.1.0.0")
        self.env.invalidate_all()
        self.assertEqual((rule.template_id.name, plain.template_id.name), ("tag", False))
        self.assertFalse(column_exists(self.env.cr, "label_print_rule", "template"))

    def test_template_printer_pool_and_priority(self):
        other = self.env["printer.configuration"].create({"name": "line-b"})
        self.rule("confirm", template="tag", printer_id=other.id, priority=9)
        self.rule("confirm", pool_name="line")
        self.rule("confirm")
        jobs = self.jobs_of(self.order(1))
        self.send()
        to_printer, to_pool, to_default = self.platen.bodies()
        self.assertEqual(
            [to_printer[key] for key in ("template", "printer", "priority", "job_type")],
            ["tag", "line-b", 9, "mo_confirm"],
        )
        self.assertEqual((to_pool["pool"], to_pool["template"]), ("line", "mo_label"))
        self.assertNotIn("printer", to_pool)
        self.assertEqual(to_default["printer"], "line-a")
        self.assertEqual(jobs[1].printer_id.name, "first-of-line")

    def test_labels_by_hand_take_the_road_of_the_first_rule(self):
        other = self.env["printer.configuration"].create({"name": "line-b"})
        self.rule("done", template="tag", printer_id=other.id, sequence=1)
        self.rule("confirm", template="sign", sequence=2, user_ids=[Command.set(self.manager.ids)])
        order = self.order(3)
        order.action_label_print()
        job = self.jobs_of(order)
        self.assertEqual((job.template, job.printer_id, job.quantity), ("tag", other, 3))
        self.assertFalse(job.rule_id, "asked for by hand, not by the rule")

    def test_what_cannot_be_is_refused(self):
        for values, error in (
            ({"printer_id": self.printer.id, "pool_name": "line"}, ValidationError),
            ({"priority": 10}, CheckViolation),
            ({"copies": 0}, CheckViolation),
            ({"labels_per": "fixed", "fixed_quantity": 0}, CheckViolation),
        ):
            with (
                self.subTest(**values),
                mute_logger("odoo.sql_db"),
                self.assertRaises(error),
                self.env.cr.savepoint(),
            ):
                self.rule("confirm", **values)

    def test_rules_of_other_companies_count_for_their_orders_only(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        theirs = self.rule("confirm", company_id=other.id)
        ours = self.rule("confirm", company_id=self.env.company.id)
        order = self.order(1)
        self.assertEqual(self.printed_by(order), ours)
        seen = self.rules.with_user(self.manager).search([])
        self.assertIn(ours, seen)
        self.assertNotIn(theirs, seen)

    def test_only_managers_change_rules(self):
        rule = self.rule("confirm")
        for user in (self.maker, self.supervisor):
            self.assertEqual(rule.with_user(user).name, "On confirm")
            with self.assertRaises(AccessError):
                rule.with_user(user).write({"stop": True})
            with self.assertRaises(AccessError):
                rule.with_user(user).unlink()
            with self.assertRaises(AccessError):
                self.rules.with_user(user).create({"name": "Mine", "event": "done"})
        rule.with_user(self.manager).stop = True
