from ast import literal_eval
from datetime import date, datetime, timedelta

from freezegun import freeze_time
from lxml import etree

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

    def days_shown(self, name, daily):
        """Return how many days old the jobs are that a filter of the list lets through."""
        arch = etree.fromstring(self.jobs.get_view(view_type="search")["arch"])
        (domain,) = arch.xpath(f"//filter[@name='{name}']/@domain")
        found = self.jobs.search([("id", "in", daily.ids), *literal_eval(domain)])
        return {(date.today() - job.create_date.date()).days for job in found}

    def test_a_week_has_begun_on_each_of_its_days(self):
        self.env.user.tz = "UTC"
        language = self.env["res.lang"]._lang_get(self.env.user.lang)
        daily = self.jobs.union(*(self.job() for _day in range(8)))
        for week_start, first_day in (("1", datetime(2026, 1, 26)), ("7", datetime(2026, 1, 25))):
            language.week_start = week_start
            for days in range(7):
                today = first_day + timedelta(days=days)
                for age, job in enumerate(daily):
                    self.env.cr.execute(
                        "UPDATE label_print_job SET create_date = %s WHERE id = %s",
                        [today - timedelta(days=age), job.id],
                    )
                daily.invalidate_recordset()
                # Right behind midnight, where a week that begins tomorrow shows nothing.
                with self.subTest(today=today), freeze_time(today + timedelta(minutes=5)):
                    self.assertEqual(self.days_shown("today", daily), {0})
                    self.assertEqual(self.days_shown("this_week", daily), set(range(days + 1)))
                    self.assertEqual(self.days_shown("last_seven_days", daily), set(range(7)))
