from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import LabelPrintCase

EVENTS_LOGGER = "odoo.addons.label_print.models.mrp_production_events"


@tagged("post_install", "-at_install")
class TestRulesEvents(LabelPrintCase):
    """Each event asks for its labels once, however Odoo comes by it."""

    def types_of(self, orders):
        return self.jobs_of(orders).mapped("job_type")

    def finish(self, order, quantity, **context):
        order.qty_producing = quantity
        return order.with_context(skip_consumption=True, **context).button_mark_done()

    def test_without_rules_only_a_split_prints(self):
        order = self.order(4)
        pieces = self.split(order, [2, 2])
        self.finish(pieces[0], 2)
        self.assertEqual(self.types_of(pieces), ["mo_split", "mo_split"])

    def test_rules_of_an_event_replace_its_default(self):
        fixed = self.rule("split", labels_per="fixed", fixed_quantity=1)
        pieces = self.split(self.order(4), [2, 2])
        self.assertEqual(self.jobs_of(pieces).mapped("quantity"), [1, 1])
        self.assertEqual(self.jobs_of(pieces).rule_id, fixed)
        # They win also where the setting says no, and where none of them is met.
        self.set_param("print_on_split", "False")
        self.assertEqual(len(self.jobs_of(self.split(self.order(4), [2, 2]))), 2)
        self.set_param("print_on_split", "True")
        fixed.product_ids = self.products["lot"]
        self.assertFalse(self.jobs_of(self.split(self.order(4), [2, 2])))

    def test_rules_of_another_event_leave_the_default_alone(self):
        self.rule("done")
        self.assertEqual(self.types_of(self.split(self.order(4), [2, 2])), ["mo_split"] * 2)

    def test_confirmation_once(self):
        self.rule("confirm")
        order = self.order(3)
        self.assertEqual(self.types_of(order), ["mo_confirm"])
        order.action_confirm()
        self.assertEqual(len(self.jobs_of(order)), 1)

    def test_an_order_confirmed_before_the_rule_was_made_prints_nothing(self):
        order = self.order(3)
        self.rule("confirm")
        order.action_confirm()
        self.assertFalse(self.jobs_of(order))

    def test_split_pieces_are_not_confirmed_again(self):
        self.rule("confirm")
        self.rule("split")
        order = self.order(4)
        pieces = self.split(order, [1, 3])
        replaced, *rest = self.jobs_of(pieces)
        self.assertEqual((replaced.job_type, replaced.status), ("mo_confirm", "cancelled"))
        self.assertEqual([(job.job_type, job.quantity) for job in rest], [("mo_split", 1), ("mo_split", 3)])

    def test_a_split_withdraws_only_what_it_prints_itself(self):
        self.rule("confirm", template="box")
        self.rule("split")
        pieces = self.split(self.order(4), [1, 3])
        self.assertEqual(self.jobs_of(pieces)[0].status, "pending", "the box keeps its label")

    def test_the_same_split_again(self):
        """As when Odoo runs a call again of which something was kept."""
        self.rule("split")
        pieces = self.split(self.order(4), [2, 2])
        before = self.jobs_of(pieces)
        before.write({"status": "sent"})
        pieces._label_print_on("split")
        self.assertEqual(self.jobs_of(pieces), before)
        # What was withdrawn is asked for anew.
        before[0]._end("cancelled")
        pieces._label_print_on("split")
        self.assertEqual(len(self.jobs_of(pieces) - before), 1)

    def test_done_once_through_every_door(self):
        self.rule("done")
        for create_backorder in ("never", "always", "ask"):
            with self.subTest(create_backorder=create_backorder):
                order = self.order(5)
                order.picking_type_id.sudo().create_backorder = create_backorder
                result = self.finish(order, 2)
                if create_backorder == "ask":
                    self.assertEqual(result["res_model"], "mrp.production.backorder")
                    self.assertFalse(self.jobs_of(order), "only a dialog was opened")
                    wizard = self.env[result["res_model"]].with_context(**result["context"])
                    wizard.with_user(self.maker).create({}).action_backorder()
                self.assertEqual(order.state, "done")
                pieces = order.production_group_id.production_ids
                self.assertEqual(len(pieces), 1 if create_backorder == "never" else 2)
                job = self.jobs_of(pieces)
                self.assertEqual((job.mo_id, job.job_type, job.quantity), (order, "mo_done", 2))

    def test_backorder_prints_what_is_left(self):
        self.rule("backorder")
        order = self.order(5)
        order.picking_type_id.sudo().create_backorder = "always"
        self.finish(order, 2)
        job = self.jobs_of(order.production_group_id.production_ids)
        self.assertNotEqual(job.mo_id, order)
        self.assertEqual((job.job_type, job.quantity), ("backorder", 3))

    def test_dialog_for_missing_serials_prints_nothing(self):
        self.rule("done")
        order = self.order(2, tracking="serial")
        result = order.button_mark_done()
        self.assertEqual(result["res_model"], "mrp.production.serials")
        self.assertFalse(self.jobs_of(order))

    def test_two_hundred_serials_made_at_once_are_one_job(self):
        self.rule("lot_created", labels_per="serial")
        order = self.order(200, tracking="serial")
        names = self.generate(order, 200)
        job = self.jobs_of(order)
        self.assertEqual((job.job_type, job.quantity), ("lot_created", 200))
        self.send()
        (body,) = self.platen.bodies()
        self.assertEqual([label["serial"] for label in body["labels"]], sorted(names))

    def test_more_serials_print_only_the_new_ones(self):
        self.rule("lot_created", labels_per="serial")
        order = self.order(5, tracking="serial")
        first = self.generate(order, 2)
        second = self.generate(order, 5) - first
        self.send()
        printed = [{label["serial"] for label in body["labels"]} for body in self.platen.bodies()]
        self.assertEqual(printed, [first, second])
        # Writing the same numbers again makes none.
        order.lot_producing_ids = order.lot_producing_ids
        self.assertEqual(len(self.jobs_of(order)), 2)

    def test_serials_handed_on_in_a_split_are_not_new(self):
        self.rule("lot_created", labels_per="serial")
        self.rule("split", labels_per="fixed", product_ids=self.products["none"].ids)
        order = self.order(4, tracking="serial")
        self.plan(order, 4)
        pieces = self.split(order, [2, 2])
        self.assertEqual(len(pieces[1].lot_producing_ids), 2)
        self.assertEqual(len(self.jobs_of(pieces)), 1)

    def test_numbers_in_stock_are_not_new(self):
        self.rule("lot_created", labels_per="lot")
        first = self.order(1, tracking="serial")
        self.plan(first, 1)
        self.finish(first, 1)
        self.assertEqual(len(self.jobs_of(first)), 1)
        self.jobs_of(first).sudo()._end("cancelled")
        again = self.order(1, tracking="serial")
        again.lot_producing_ids = first.lot_producing_ids
        self.assertFalse(self.jobs_of(again))

    def test_a_lot_made_when_the_order_is_done(self):
        self.rule("lot_created", labels_per="lot")
        order = self.order(3, tracking="lot")
        self.finish(order, 3)
        self.assertTrue(order.lot_producing_ids, "Odoo makes one by itself")
        self.assertEqual(self.jobs_of(order).quantity, 1)

    def test_cancelled_order(self):
        self.rule("confirm")
        order = self.order(3)
        waiting = self.jobs_of(order)
        order.action_cancel()
        self.assertEqual(waiting.status, "cancelled")

    def test_cancelled_order_is_cancelled_at_the_service(self):
        self.rule("confirm")
        order, other = self.order(3), self.order(3)
        self.send()
        self.assertEqual(self.jobs_of(order).status, "queued")
        self.platen.requests.clear()
        order.action_cancel()
        self.assertFalse(self.platen.requests, "a request left inside the transaction")
        self.send()
        self.assertEqual(self.jobs_of(order).status, "cancelled")
        self.assertEqual(self.jobs_of(other).status, "queued")
        uuid = self.jobs_of(order).uuid
        self.assertEqual([path for _m, path, _h, _b in self.platen.requests], [f"/api/jobs/{uuid}/cancel"])

    def test_cancelled_order_while_the_service_is_away(self):
        order = self.order(3)
        order.action_label_print()
        self.send()
        job = self.jobs_of(order)
        order.action_cancel()
        self.platen.answers["POST", f"/api/jobs/{job.uuid}/cancel"] = 503, {}
        with mute_logger("odoo.addons.label_print.models.label_print_outbox_steering"):
            self.send()
        self.assertEqual(job.status, "queued")
        self.platen.answers.clear()
        self.send()
        self.assertEqual(job.status, "cancelled")

    def test_cancelled_order_whose_jobs_are_fetched(self):
        order = self.order(3)
        order.action_label_print()
        self.send()
        self.set_param("mode", "pull")
        order.action_cancel()
        self.send()
        self.send()
        wish = self.env["label.print.wish"].search([])
        self.assertEqual((wish.verb, wish.job_uuid), ("cancel", self.jobs_of(order).uuid))

    def test_merged_orders(self):
        self.rule("confirm")
        orders = self.order(2) | self.order(3)
        waiting = self.jobs_of(orders)
        merged = self.env["mrp.production"].browse(orders.action_merge()["res_id"])
        self.assertEqual(set(waiting.mapped("status")), {"cancelled"})
        self.assertEqual(self.jobs_of(merged).mapped("quantity"), [5])

    def test_skipped_by_context(self):
        for event in ("confirm", "done", "lot_created"):
            self.rule(event)
        order = self.order(1, tracking="serial", confirm=False)
        order = order.with_context(label_print_skip=True)
        order.action_confirm()
        self.plan(order, 1)
        self.finish(order, 1)
        self.assertFalse(self.jobs_of(order))

    def test_failure_of_ours_does_not_break_the_work(self):
        self.rule("confirm")
        self.clear_bus()
        jobs_class = type(self.env["label.print.job"])
        with (
            patch.object(jobs_class, "_enqueue_by_rule", side_effect=ValueError("broken")),
            mute_logger(EVENTS_LOGGER),
        ):
            order = self.order(1)
        self.assertEqual(order.state, "confirmed")
        (toast,) = self.toasts(self.maker)
        self.assertEqual(toast["title"], "Labels not printed")

    def generate(self, order, count):
        """Make serials in the dialog of the order and return the names of all it has."""
        wizard = (
            self.env["mrp.production.serials"]
            .with_user(self.maker)
            .create({"production_id": order.id, "lot_name": "MASS-0001", "lot_quantity": count})
        )
        wizard.action_generate_serial_numbers()
        wizard.action_apply()
        return set(order.lot_producing_ids.mapped("name"))
