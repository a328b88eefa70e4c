from datetime import datetime

from odoo.tests import tagged

from .common import LabelPrintCase


@tagged("post_install", "-at_install")
class TestFigures(LabelPrintCase):
    """Figures of jobs, of orders and of columns."""

    def test_figures_of_a_job(self):
        job = self.job(
            status="completed_with_errors",
            current_label=6,
            started_at=datetime(2026, 1, 31, 9, 0),
            finished_at=datetime(2026, 1, 31, 9, 1, 30),
        )
        self.assertEqual((job.failure_count, job.missing_count), (1, 4))
        self.assertEqual(job.duration_minutes, 1.5)
        cancelled = self.job(status="cancelled", current_label=6)
        self.assertEqual((cancelled.failure_count, cancelled.missing_count), (0, 0))

    def test_the_shift_in_which_a_job_began(self):
        self.set_param("shift_starts", "06:00, 14:00, 22:00")
        self.env.company.partner_id.tz = "Europe/Berlin"
        for hour, shift in ((4, "22:00–06:00"), (5, "06:00–14:00"), (21, "22:00–06:00")):
            job = self.job(started_at=datetime(2026, 1, 31, hour, 0))
            self.assertEqual(job.shift, shift)
        self.set_param("shift_starts", "noon")
        self.assertEqual(self.job(started_at=datetime(2026, 1, 31, 12, 0)).shift, "06:00–14:00")

    def test_labels_of_an_order(self):
        first = self.job(status="printing", current_label=4)
        order = first.mo_id
        again = {"mo_id": order.id, "quantity": 10, "company_id": order.company_id.id}
        self.jobs.create(
            [
                {**again, "job_type": "reprint", "current_label": 10},
                {**again, "status": "cancelled", "current_label": 0},
            ]
        )
        seen = order.with_user(self.maker)
        self.assertEqual((seen.label_print_printed, seen.label_print_wanted), (4, 10))
        self.assertFalse(seen.label_print_needs_hand)
        first.attention = "The printer is out of labels."
        self.assertTrue(seen.label_print_needs_hand)

    def test_one_question_for_a_whole_list_of_orders(self):
        orders = self.env["mrp.production"].union(*(self.job().mo_id for _number in range(6)))
        self.env.flush_all()
        orders.invalidate_recordset()
        one, *others = orders.with_user(self.maker).with_prefetch()
        # Rules and groups are looked up once.
        self.assertEqual(one.with_prefetch().label_print_printed, 0)
        with self.assertQueryCount(1):
            orders.browse([order.id for order in others]).with_user(self.maker).mapped(
                "label_print_wanted"
            )

    def test_the_board_has_its_columns_even_if_they_are_empty(self):
        self.job(status="cancelled")
        groups = self.jobs.with_context(read_group_expand=True)._group_expand_status(
            ["cancelled"], []
        )
        self.assertEqual(groups, ["queued", "printing", "completed", "failed", "cancelled"])
