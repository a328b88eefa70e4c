from odoo.exceptions import UserError
from odoo.tests import new_test_user, tagged

from .common import LabelPrintCase
from .fake_platen import problem


@tagged("post_install", "-at_install")
class TestChanges(LabelPrintCase):
    """What somebody else does to a job is told to those whose job it is, once."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.supervisor.name = "Steerer"
        cls.follower = new_test_user(cls.env, login="follower", groups="mrp.group_mrp_user")

    def followed_job(self, **values):
        job = self.job(user=self.maker, **values)
        job.message_subscribe(self.follower.partner_id.ids)
        self.clear_bus()
        return job

    def press(self, job, button, user=None):
        with self.enter_registry_test_mode():
            getattr(job.with_user(user or self.supervisor), button)()
        self.env.invalidate_all()

    def told(self):
        """Return what each hears now, by login, and forget it."""
        people = (self.maker, self.follower, self.supervisor)
        told = {
            user.login: [toast["message"] for toast in self.toasts(user)]
            for user in people
            if self.toasts(user)
        }
        self.clear_bus()
        return told

    def answers(self, job, verb, status, revision):
        path = f"/api/jobs/{job.uuid}/{verb}"
        told = {"uuid": job.uuid, "job_id": "a", "status": status, "quantity": 10}
        told |= {"current_label": 4, "printer": "line-a", "revision": revision}
        self.platen.answers["POST", path] = (200, told)
        return self.report(job, revision, status, current_label=4)

    def test_a_cancel_by_somebody_else_names_her_whoever_tells_it_first(self):
        message = "Steerer stopped {} after 4 of 10 labels."
        for is_report_first in (False, True):
            with self.subTest(is_report_first=is_report_first):
                job = self.followed_job(status="printing")
                report = self.answers(job, "cancel", "cancelled", 5)
                if is_report_first:
                    # As it is while the button still waits for its answer.
                    job.steered_by_id = self.supervisor
                    self.tell(report)
                else:
                    self.press(job, "action_cancel")
                self.tell(report)
                text = message.format(job.mo_id.name)
                self.assertEqual(self.told(), {"maker": [text], "follower": [text]})
                self.assertFalse(job.steered_by_id)

    def test_who_cancels_her_own_job_hears_where_it_stopped(self):
        job = self.job(user=self.supervisor, status="printing")
        self.clear_bus()
        self.answers(job, "cancel", "cancelled", 5)
        self.press(job, "action_cancel")
        [message] = self.told()["steerer"]
        self.assertEqual(message, f"{job.mo_id.name}: stopped after 4 of 10 labels.")

    def test_a_cancel_of_what_was_not_sent_is_told(self):
        job = self.followed_job()
        job.write({"status": "printing", "service_job_id": False})
        job.status = "failed"
        job.status = "pending"
        self.press(job, "action_cancel")
        self.assertEqual(set(self.told()), {"maker", "follower"})

    def test_a_retry_by_somebody_else_is_told_once(self):
        job = self.followed_job(status="failed", current_label=4)
        report = self.answers(job, "retry", "queued", 5)
        self.press(job, "action_retry")
        self.tell(report)
        self.tell({**report, "revision": 6, "status": "printing"})
        text = f"Steerer had the missing labels of {job.mo_id.name} printed: 6 to come."
        self.assertEqual(self.told(), {"maker": [text], "follower": [text]})

    def test_a_retry_of_what_was_never_sent_is_told(self):
        job = self.followed_job(status="failed")
        job.service_job_id = False
        self.press(job, "action_retry")
        self.assertEqual(set(self.told()), {"maker", "follower"})

    def test_a_retry_at_the_service_is_told_to_all_and_names_nobody(self):
        job = self.followed_job(status="failed", current_label=4)
        self.tell(self.report(job, 5, "queued", current_label=4))
        told = self.told()
        self.assertEqual(set(told), {"maker", "follower"})
        self.assertIn("Somebody at the print service", told["maker"][0])

    def test_a_refused_wish_leaves_no_name_behind(self):
        job = self.followed_job(status="failed", current_label=4)
        path = f"/api/jobs/{job.uuid}/retry"
        self.platen.answers["POST", path] = (409, problem("conflict", "Nothing is missing."))
        with self.assertRaisesRegex(UserError, "Nothing is missing"):
            self.press(job, "action_retry")
        job.invalidate_recordset()
        self.assertFalse(job.steered_by_id)
        self.assertFalse(self.told())

    def test_a_reprint_by_somebody_else_is_told_once_and_its_end_to_who_asked(self):
        job = self.followed_job(status="completed", current_label=10)
        wizard = self.env["label.print.reprint"].with_user(self.supervisor)
        wizard.create({"job_id": job.id, "labels": "3, 7-8", "reason": "smeared"}).action_reprint()
        text = f"Steerer reprints labels 3, 7-8 of {job.mo_id.name}: smeared"
        self.assertEqual(self.told(), {"maker": [text], "follower": [text]})
        reprint = job.reprint_ids
        self.tell(self.report(reprint, 2, "completed", quantity=3, current_label=3))
        self.assertEqual(set(self.told()), {"steerer"})
