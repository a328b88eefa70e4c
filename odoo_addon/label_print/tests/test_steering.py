from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.label_print import platen_client

from .common import LabelPrintCase
from .fake_platen import problem

CLIENT_LOGGER = "odoo.addons.label_print.platen_client"


@tagged("post_install", "-at_install")
class TestSteering(LabelPrintCase):
    """Retry and Cancel, by those who may."""

    def setUp(self):
        super().setUp()
        order = self.order(4)
        order.action_label_print()
        self.waiting = self.jobs_of(order)

    def press(self, job, button, user=None):
        with self.enter_registry_test_mode():
            getattr(job.with_user(user or self.supervisor), button)()
        self.env.invalidate_all()

    def steering_requests(self):
        return [path for _method, path, _headers, _body in self.platen.requests if "/" in path[10:]]

    def test_cancel_of_a_waiting_job_stays_here(self):
        self.press(self.waiting, "action_cancel")
        self.assertEqual(self.waiting.status, "cancelled")
        self.send()
        self.assertFalse(self.platen.requests)

    def test_cancel_of_a_job_of_the_service(self):
        self.send()
        self.press(self.waiting, "action_cancel")
        self.assertEqual(self.waiting.status, "cancelled")
        self.assertEqual(self.steering_requests(), [f"/api/jobs/{self.waiting.uuid}/cancel"])
        self.assertIn("Cancellation asked for.", self.waiting.message_ids[:1].body)
        self.assertEqual(self.waiting.message_ids[:1].author_id, self.supervisor.partner_id)

    def test_cancel_waits_for_the_labels_in_the_printer(self):
        self.send()
        self.platen.answers["POST", f"/api/jobs/{self.waiting.uuid}/cancel"] = 0.5
        with patch.object(platen_client, "READ_TIMEOUT_SECONDS", 0.1):
            self.press(self.waiting, "action_cancel")
        self.assertEqual(self.waiting.status, "cancelled")

    def test_a_job_is_paused_and_let_go_on(self):
        with self.assertRaisesRegex(UserError, "has at work"):
            self.press(self.waiting, "action_pause")
        self.send()
        self.press(self.waiting, "action_pause")
        self.assertTrue(self.waiting.paused)
        self.press(self.waiting, "action_resume")
        self.assertFalse(self.waiting.paused)
        path = f"/api/jobs/{self.waiting.uuid}"
        self.assertEqual(self.steering_requests(), [f"{path}/pause", f"{path}/resume"])

    def test_what_held_a_job_is_answered_by_resume(self):
        self.send()
        for code, is_held in (("foreign_labels", True), ("paper_out", False)):
            self.waiting.attention_code = code
            self.assertEqual(self.waiting.is_held, is_held, code)
        self.waiting.write({"attention_code": "job_expired", "status": "cancelled"})
        self.assertFalse(self.waiting.is_held)

    def test_cancel_of_a_job_the_service_never_got(self):
        self.waiting.write({"status": "sent", "sent_at": fields.Datetime.now()})
        with self.assertRaisesRegex(UserError, "at this moment"):
            self.press(self.waiting, "action_cancel")
        self.waiting.sent_at -= timedelta(minutes=5)
        self.press(self.waiting, "action_cancel")
        self.assertEqual(self.waiting.status, "cancelled")

    def test_retry_of_a_job_the_service_has(self):
        self.send()
        self.tell(self.report(self.waiting, 5, "failed", error_message="Broken"))
        self.platen.jobs[self.waiting.uuid]["status"]["revision"] = 5
        self.press(self.waiting, "action_retry")
        self.assertEqual(self.waiting.status, "queued")
        self.assertFalse(self.waiting.error_message)
        self.assertEqual(self.steering_requests(), [f"/api/jobs/{self.waiting.uuid}/retry"])

    def test_retry_of_a_refused_job_sends_it_again(self):
        self.platen.answers["POST", "/api/jobs"] = 422, problem("unknown_template", "No.")
        self.send()
        self.assertEqual(self.waiting.status, "failed")
        del self.platen.answers["POST", "/api/jobs"]
        self.press(self.waiting, "action_retry")
        self.assertEqual(self.waiting.status, "pending")
        self.assertFalse(self.waiting.error_message)
        self.send()
        self.assertEqual(self.waiting.status, "queued")
        self.assertFalse(self.steering_requests())

    def test_words_of_the_service_reach_the_person(self):
        self.send()
        path = f"/api/jobs/{self.waiting.uuid}/cancel"
        self.platen.answers["POST", path] = 409, problem(
            "illegal_transition", "The job has ended.", "Read its status again."
        )
        with self.assertRaisesRegex(UserError, "The job has ended. Read its status again."):
            self.press(self.waiting, "action_cancel")
        self.platen.close()
        with (
            mute_logger(CLIENT_LOGGER),
            self.assertRaisesRegex(UserError, "No print service is listening"),
        ):
            self.press(self.waiting, "action_cancel")

    def test_only_where_it_makes_sense(self):
        with self.assertRaises(UserError):
            self.press(self.waiting, "action_retry")
        self.press(self.waiting, "action_cancel")
        with self.assertRaises(UserError):
            self.press(self.waiting, "action_cancel")

    def test_plain_user_is_refused_by_the_server(self):
        for button in ("action_cancel", "action_retry"):
            with self.assertRaises(AccessError):
                self.press(self.waiting, button, self.maker)
        self.assertEqual(self.waiting.status, "pending")
