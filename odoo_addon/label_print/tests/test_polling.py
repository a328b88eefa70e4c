from datetime import timedelta

from odoo import fields
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import LabelPrintCase
from .fake_platen import status_of

CLIENT_LOGGER = "odoo.addons.label_print.platen_client"
OUTBOX_LOGGER = "odoo.addons.label_print.models.label_print_outbox_polling"


@tagged("post_install", "-at_install")
class TestPolling(LabelPrintCase):
    """What was not told is asked."""

    def silent_job(self):
        long_ago = fields.Datetime.now() - timedelta(minutes=3)
        return self.job(reported_at=long_ago)

    def test_silent_job_is_asked_about(self):
        job = self.silent_job()
        fresh = self.job(reported_at=fields.Datetime.now())
        status = status_of(job.uuid, status="completed", quantity=10, current_label=10, revision=9)
        self.platen.jobs[job.uuid] = {"status": status}
        self.poll()
        self.assertEqual((job.status, job.current_label, job.revision), ("completed", 10, 9))
        self.assertEqual(self.platen.bodies("/api/status"), [{"ids": [job.uuid]}])
        self.assertEqual(fresh.status, "queued")
        self.assertEqual(len(self.toasts(self.maker)), 1)

    def test_no_news_is_noted(self):
        job = self.silent_job()
        self.platen.jobs[job.uuid] = {"status": status_of(job.uuid, quantity=10)}
        self.poll()
        ((_channel, payload),) = self.bus_messages("label_print_job")
        self.assertEqual(payload["reported_at"], str(job.reported_at))
        self.poll()
        self.assertEqual(len(self.platen.bodies("/api/status")), 1)
        self.assertEqual(job.revision, 1)

    def test_job_the_service_lost_calls_for_a_person(self):
        job = self.silent_job()
        self.poll()
        self.assertEqual(job.status, "queued")
        self.assertEqual(job.attention_code, "unknown_to_service")
        (toast,) = self.toasts(self.maker)
        self.assertEqual(toast["title"], "A print job needs a hand")
        # The advice is to cancel it, so that must be possible.
        with self.enter_registry_test_mode():
            job.with_user(self.supervisor).action_cancel()
        self.env.invalidate_all()
        self.assertEqual(job.status, "cancelled")
        self.assertFalse(job.attention)

    @mute_logger(CLIENT_LOGGER, OUTBOX_LOGGER)
    def test_stopped_service(self):
        job = self.silent_job()
        self.platen.close()
        self.poll()
        self.assertFalse(job.attention)
