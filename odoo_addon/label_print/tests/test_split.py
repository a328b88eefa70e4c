from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.base.tests.test_ir_cron import CronMixinCase

from .common import LabelPrintCase


@tagged("post_install", "-at_install")
class TestSplit(LabelPrintCase, CronMixinCase):
    """A job is born with the split and dies with it."""

    def test_every_resulting_order_gets_a_job(self):
        order = self.order(10)
        with self.capture_triggers("label_print.ir_cron_send") as triggers:
            pieces = self.split(order, [4, 3, 3])
        jobs = self.jobs_of(pieces)
        self.assertEqual(jobs.mo_id, pieces)
        self.assertEqual(jobs.mapped("quantity"), [4, 3, 3])
        self.assertEqual(set(jobs.mapped("job_type")), {"mo_split"})
        self.assertEqual(set(jobs.mapped("status")), {"pending"})
        self.assertEqual(jobs.submitted_by, self.maker)
        self.assertEqual(jobs.printer_id, self.printer)
        self.assertEqual(len(set(jobs.mapped("uuid"))), 3)
        self.assertTrue(triggers.records, "nobody wakes the outbox")
        self.assertFalse(self.platen.requests, "a request left inside the transaction")

    def test_job_is_announced_to_open_lists(self):
        order = self.order(2)
        self.clear_bus()
        pieces = self.split(order, [1, 1])
        told = {payload["id"] for _channel, payload in self.bus_messages("label_print_job")}
        self.assertEqual(told, set(self.jobs_of(pieces).ids))

    def test_rolled_back_split_leaves_nothing(self):
        order = self.order(10)
        before = self.jobs.search_count([])
        with self.assertRaises(ZeroDivisionError), self.env.cr.savepoint():
            self.split(order, [4, 3, 3])
            self.assertEqual(self.jobs.search_count([]), before + 3)
            raise ZeroDivisionError
        self.assertEqual(self.jobs.search_count([]), before)

    def test_setting_switches_it_off(self):
        self.set_param("print_on_split", "False")
        self.assertFalse(self.jobs_of(self.split(self.order(4), [2, 2])))

    def test_context_switches_it_off(self):
        pieces = self.split(self.order(4), [2, 2], context={"label_print_skip": True})
        self.assertFalse(self.jobs_of(pieces))

    def test_backorder_prints_nothing_by_itself(self):
        order = self.order(10)
        order.qty_producing = 4
        order.with_context(
            skip_backorder=True, mo_ids_to_backorder=order.ids, skip_consumption=True
        ).button_mark_done()
        pieces = order.production_group_id.production_ids
        self.assertEqual(len(pieces), 2, "no backorder was made")
        self.assertFalse(self.jobs_of(pieces))

    def test_second_split_prints_only_what_changed(self):
        pieces = self.split(self.order(6), [3, 3])
        self.jobs_of(pieces).write({"status": "sent"})
        pieces_after = self.split(pieces[0], [1, 2])
        fresh = self.jobs_of(pieces_after).filtered(lambda job: job.status == "pending")
        self.assertEqual(fresh.mo_id, pieces[0] | (pieces_after - pieces))
        self.assertEqual(fresh.mapped("quantity"), [1, 2])

    def test_split_that_changes_nothing_prints_nothing(self):
        pieces = self.split(self.order(6), [3, 3])
        before = self.jobs_of(pieces)
        self.split(pieces[0], [3])
        self.assertEqual(self.jobs_of(pieces), before)
        self.assertEqual(set(before.mapped("status")), {"pending"})

    def test_second_split_replaces_what_was_not_sent(self):
        pieces = self.split(self.order(4), [2, 2])
        first = self.jobs_of(pieces[0])
        self.split(pieces[0], [1, 1])
        self.assertEqual(first.status, "cancelled")
        self.assertEqual(
            self.jobs_of(pieces[0]).filtered(lambda job: job.status == "pending").quantity, 1
        )

    def test_failure_of_ours_does_not_break_the_split(self):
        order = self.order(4)
        self.clear_bus()
        jobs_class = type(self.env["label.print.job"])
        with (
            patch.object(jobs_class, "_prepare_job_values", side_effect=ValueError("broken")),
            mute_logger("odoo.addons.label_print.models.mrp_production_events"),
        ):
            pieces = self.split(order, [2, 2])
        self.assertEqual(len(pieces), 2)
        (toast,) = self.toasts(self.maker)
        self.assertEqual(toast["type"], "danger")

    def test_database_error_of_ours_does_not_break_the_split(self):
        order = self.order(4)
        jobs_class = type(self.env["label.print.job"])
        with (
            patch.object(
                jobs_class, "_prepare_job_values", return_value={"uuid": "0", "company_id": 1}
            ),
            mute_logger("odoo.addons.label_print.models.mrp_production_events", "odoo.sql_db"),
        ):
            pieces = self.split(order, [2, 2])
        self.assertEqual(pieces.mapped("product_qty"), [2, 2])
        self.assertFalse(self.jobs_of(pieces))

    def test_quantity_is_whole_units_of_the_product(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        for quantity, uom, labels in (
            (2.3, None, 3),
            (0.2, None, 1),
            (3.0000000001, None, 3),
            (2, dozen, 24),
        ):
            values = {"product_uom_id": uom.id} if uom else {}
            order = self.order(quantity, **values)
            self.assertEqual(order._label_print_quantity(), labels, (quantity, uom))

    def test_cancelled_order_withdraws_what_waits(self):
        pieces = self.split(self.order(4), [2, 2])
        waiting, gone = self.jobs_of(pieces)
        gone.status = "sent"
        pieces.action_cancel()
        self.assertEqual(waiting.status, "cancelled")
        self.assertEqual(gone.status, "sent", "only the service can stop this one")

    def test_print_labels_on_several_orders(self):
        orders = self.order(2) | self.order(3) | self.order(4)
        orders[2].action_cancel()
        action = orders.action_label_print()
        jobs = self.jobs_of(orders)
        self.assertEqual(jobs.mapped("quantity"), [2, 3])
        self.assertEqual(set(jobs.mapped("job_type")), {"manual"})
        self.assertIn("5 labels", action["params"]["message"])
        self.assertEqual(orders[0].label_print_job_count, 1)
