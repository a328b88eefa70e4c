from odoo.tests import new_test_user, tagged

from .common import LabelPrintCase

PAPER_OUT = {
    "code": "paper_out",
    "message": "The printer is out of labels.",
    "action": "Load a new roll.",
    "since": "2026-01-31 09:27:00",
}
HEAD_OPEN = {**PAPER_OUT, "code": "head_open", "message": "The print head is open."}


@tagged("post_install", "-at_install")
class TestNotifications(LabelPrintCase):
    """One toast for each thing a person has to know."""

    def test_one_toast_when_printed(self):
        job = self.job()
        self.tell(self.report(job, 2, current_label=5))
        self.assertFalse(self.toasts())
        completed = self.report(job, 3, "completed", current_label=10)
        self.tell(completed)
        self.tell(completed)
        (toast,) = self.toasts()
        self.assertEqual(toast["message"], f"10 labels printed for {job.mo_id.name}.")
        self.assertEqual((toast["type"], toast["sticky"]), ("success", False))
        self.assertEqual(toast["job_id"], job.id)
        self.assertEqual(self.toasts(self.maker), [toast])

    def test_another_printer_that_goes_on_is_told(self):
        job = self.job(user=self.maker)
        self.tell(self.report(job, 2, current_label=4))
        self.clear_bus()
        self.tell(self.report(job, 3, current_label=4, printer="line-b"))
        [toast] = self.toasts(self.maker)
        self.assertEqual((toast["type"], toast["sticky"]), ("info", False))
        self.assertIn("after 4 of 10 come out of line-b", toast["message"])
        waiting = self.job(user=self.maker, printer_id=self.printer.id)
        self.clear_bus()
        self.tell(self.report(waiting, 3, "queued", printer="line-b"))
        self.tell(self.report(waiting, 4, "queued", printer="line-b"))
        [toast] = self.toasts(self.maker)
        self.assertIn("come out of line-b, not of line-a", toast["message"])

    def test_a_job_that_goes_on_after_its_printer_recovered_is_told_once(self):
        job = self.job(user=self.maker)
        self.tell(self.report(job, 2, current_label=4, attention=PAPER_OUT))
        self.clear_bus()
        self.tell(self.report(job, 3, current_label=4))
        self.tell(self.report(job, 4, current_label=6))
        [toast] = self.toasts(self.maker)
        self.assertEqual((toast["type"], toast["sticky"]), ("success", False))
        self.assertEqual(toast["title"], "line-a goes on")
        self.assertIn("4 of 10", toast["message"])
        # One that ends with its attention has nothing to go on with.
        self.tell(self.report(job, 5, current_label=7, attention=HEAD_OPEN))
        self.clear_bus()
        self.tell(self.report(job, 6, "cancelled", current_label=7))
        [toast] = self.toasts(self.maker)
        self.assertEqual(toast["title"], "Printing cancelled")

    def test_sticky_toast_with_advice_when_it_failed(self):
        for status in ("failed", "completed_with_errors"):
            job = self.job()
            self.tell(
                self.report(
                    job,
                    3,
                    status,
                    current_label=4,
                    error_message="The ZPL cannot be printed.",
                    error_action="Correct it.",
                )
            )
            (toast,) = self.toasts()
            self.assertEqual((toast["type"], toast["sticky"]), ("danger", True))
            self.assertIn("4 of 10", toast["message"])
            self.assertIn("The ZPL cannot be printed. Correct it.", toast["message"])

    def test_followers_hear_it_once(self):
        colleague = new_test_user(self.env, login="colleague", groups="mrp.group_mrp_user")
        job = self.job()
        job.message_subscribe((colleague | self.maker).partner_id.ids)
        self.clear_bus()
        self.tell(self.report(job, 3, "completed", current_label=10))
        self.assertEqual(len(self.toasts(colleague)), 1)
        self.assertEqual(len(self.toasts(self.maker)), 1)
        self.assertEqual(len(self.toasts()), 2)

    def test_one_warning_for_each_new_attention(self):
        job = self.job()
        for revision, attention, warnings in (
            (2, PAPER_OUT, 1),
            (3, PAPER_OUT, 1),
            (4, HEAD_OPEN, 2),
            (5, False, 2),
            (6, PAPER_OUT, 3),
        ):
            self.tell(self.report(job, revision, attention=attention))
            told = [toast for toast in self.toasts() if toast["type"] == "warning"]
            self.assertEqual(len(told), warnings, revision)
        toast = self.toasts()[0]
        self.assertEqual((toast["type"], toast["sticky"]), ("warning", True))
        self.assertIn("The printer is out of labels. Load a new roll.", toast["message"])
        self.assertIn("line-a", toast["title"])

    def test_many_reports_in_one_call(self):
        jobs = [self.job() for _number in range(5)]
        self.tell(*[self.report(job, 3, "completed", current_label=10) for job in jobs])
        self.assertEqual({toast["job_id"] for toast in self.toasts()}, {job.id for job in jobs})
        self.assertEqual(len(self.toasts()), 5)

    def test_toast_speaks_the_language_of_its_reader(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.maker.lang = "fr_FR"
        job = self.job()
        seen = []
        jobs_class = type(job)
        prepare = jobs_class._prepare_result_notification
        self.patch(
            jobs_class,
            "_prepare_result_notification",
            lambda job: seen.append(job.env.lang) or prepare(job),
        )
        self.tell(self.report(job, 3, "completed", current_label=10))
        self.assertEqual(seen, ["fr_FR"])
