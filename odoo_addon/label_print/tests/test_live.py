import time
from unittest.mock import patch

from odoo.fields import Command
from odoo.tests import HttpCase, tagged

from .common import TOUR_SECONDS, LabelPrintCase


@tagged("post_install", "-at_install")
class TestLive(LabelPrintCase, HttpCase):
    """In a browser: what is shown moves by itself."""

    def setUp(self):
        super().setUp()
        # The tour plays the service as well, so its user needs that right.
        self.manager.group_ids = [Command.link(self.env.ref("label_print.group_service").id)]

    def test_list_moves_without_reload(self):
        order = self.order(10, user=self.manager)
        order.action_label_print()
        job = self.jobs_of(order)
        job.write({"status": "queued", "service_job_id": "service-job", "revision": 1})
        # A new browser hears the last news again, and would read the list anew in the midst.
        self.clear_bus()
        self.start_tour(
            f"/odoo/label-jobs?label_print_uuid={job.uuid}",
            "label_print_list_moves",
            login=self.manager.login,
            timeout=TOUR_SECONDS,
        )
        self.env.invalidate_all()
        self.assertEqual((job.status, job.current_label), ("completed", 10))

    def test_no_toast_lies_over_the_menu_of_the_bell(self):
        job, other = self.job(user=self.manager), self.job(user=self.manager)
        self.start_tour(
            f"/odoo/label-jobs?label_print_uuid={job.uuid}&label_print_other_uuid={other.uuid}",
            "label_print_bell_has_room",
            login=self.manager.login,
            timeout=TOUR_SECONDS,
        )

    def test_the_bell_asks_for_trouble_and_not_for_work(self):
        self.clear_bus()
        self.start_tour(
            "/odoo/label-jobs",
            "label_print_bell_asks_for_trouble_only",
            login=self.manager.login,
            timeout=TOUR_SECONDS,
        )

    def test_a_list_that_tells_a_failure_lets_its_toast_pass(self):
        job = self.job(user=self.manager)
        self.start_tour(
            f"/odoo/label-jobs?label_print_uuid={job.uuid}",
            "label_print_list_lets_toasts_pass",
            login=self.manager.login,
            timeout=TOUR_SECONDS,
        )
        self.env.invalidate_all()
        self.assertEqual(job.status, "failed")

    def test_figures_do_not_go_back_after_a_gap(self):
        job = self.job(user=self.manager)
        self.start_tour(
            f"/odoo/label-jobs?label_print_uuid={job.uuid}",
            "label_print_gap",
            login=self.manager.login,
            timeout=TOUR_SECONDS,
        )

    def test_form_shows_attention(self):
        job = self.job(user=self.manager)
        self.start_tour(
            f"/odoo/label-jobs/{job.id}?label_print_uuid={job.uuid}",
            "label_print_form_moves",
            login=self.manager.login,
            timeout=TOUR_SECONDS,
        )

    def test_news_before_a_form_has_loaded(self):
        job = self.job(user=self.manager)
        self.start_tour(
            f"/odoo/label-jobs?label_print_uuid={job.uuid}",
            "label_print_news_before_form",
            login=self.manager.login,
            timeout=TOUR_SECONDS,
        )

    def test_news_do_not_undo_a_search_under_way(self):
        job, wanted = self.job(user=self.manager), self.job(user=self.manager)
        self.start_tour(
            f"/odoo/label-jobs?label_print_uuid={job.uuid}&label_print_wanted={wanted.mo_id.name}",
            "label_print_news_during_search",
            login=self.manager.login,
            timeout=TOUR_SECONDS,
        )

    def test_old_toasts_are_not_told_to_a_new_window(self):
        old, fresh = self.job(user=self.manager), self.job(user=self.manager)
        a_while_ago = time.time() - 20
        with patch.object(time, "time", lambda: a_while_ago):
            self.tell(self.report(old, 2, "completed", current_label=10))
            (toast,) = self.toasts(self.manager)
        self.assertEqual(toast["sent_at"], int(a_while_ago))
        self.start_tour(
            f"/odoo/label-jobs?label_print_uuid={fresh.uuid}",
            "label_print_new_window",
            login=self.manager.login,
            timeout=TOUR_SECONDS,
        )
