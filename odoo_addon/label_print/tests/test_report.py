from datetime import datetime, timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.base.tests.test_ir_cron import CronMixinCase

from ..label_ranges import parse_ranges, write_ranges
from ..models.label_print_report import moment
from .common import LabelPrintCase

REPORT_LOGGER = "odoo.addons.label_print.models.label_print_report"


@tagged("post_install", "-at_install")
class TestReport(LabelPrintCase, CronMixinCase):
    """The service's word, taken once and in order."""

    def test_progress(self):
        job = self.job()
        answer = self.tell(self.report(job, 2, current_label=7, eta_seconds=4))
        database_uuid = self.env["ir.config_parameter"].get_param("database.uuid")
        self.assertTrue(database_uuid)
        self.assertEqual(
            answer,
            {
                "jobs": {job.uuid: 2},
                "printers": {},
                "unknown": [],
                "database_uuid": database_uuid,
            },
        )
        self.assertEqual(job.status, "printing")
        self.assertEqual((job.current_label, job.progress_percent), (7, 70.0))
        self.assertEqual(job.progress_display, "7 of 10")
        self.assertEqual(job.eta_seconds, 4)
        self.assertEqual(job.printer_id, self.printer)
        self.assertEqual(job.service_job_id, "service-job")
        self.assertEqual(job.started_at, datetime(2026, 1, 31, 9, 26, 3))
        self.assertTrue(job.reported_at)

    def test_hundred_percent_means_all(self):
        job = self.job()
        self.tell(self.report(job, 2, quantity=3000, current_label=2999))
        self.assertEqual(job.progress_percent, 99.9)

    def test_older_revision_changes_nothing(self):
        job = self.job()
        self.tell(self.report(job, 5, current_label=7))
        self.clear_bus()
        answer = self.tell(
            self.report(job, 4, current_label=3),
            self.report(job, 5, "completed", current_label=10),
        )
        self.assertEqual(answer["jobs"], {job.uuid: 5})
        self.assertEqual((job.status, job.current_label), ("printing", 7))
        self.assertFalse(self.bus_messages("label_print_job"))
        self.assertFalse(self.toasts())

    def test_first_report_may_have_revision_zero(self):
        job = self.job(status="sent", service_job_id=False, revision=0)
        self.tell(self.report(job, 0, "queued"))
        self.assertEqual(job.status, "queued")

    def test_unknown_uuid_is_answered(self):
        job = self.job()
        answer = self.tell(self.report("no-such-job", 3), self.report(job, 2))
        self.assertEqual(answer["unknown"], ["no-such-job"])
        self.assertEqual(answer["jobs"], {job.uuid: 2})

    @mute_logger(REPORT_LOGGER)
    def test_broken_report_does_not_stop_the_others(self):
        job, other = self.job(), self.job()
        answer = self.tell(self.report(job, 2, "exploded"), "nonsense", self.report(other, 2))
        self.assertEqual(answer["unknown"], [job.uuid])
        self.assertEqual(answer["jobs"], {other.uuid: 2})
        self.assertEqual(job.status, "queued")

    def test_too_many_reports(self):
        with self.assertRaises(ValidationError):
            self.tell(*[self.report("x", 1)] * 201)

    def test_only_the_service_may_report(self):
        job = self.job()
        for user in (self.maker, self.manager, self.env.ref("base.user_admin")):
            with self.assertRaises(AccessError):
                self.jobs.with_user(user).service_report([self.report(job, 2)])
            with self.assertRaises(AccessError):
                self.jobs.with_user(user).service_hello()
        self.assertEqual(job.status, "queued")

    def test_hello(self):
        hello = self.jobs.with_user(self.service_user).service_hello()
        self.assertEqual(hello["addon"], "label_print")
        self.assertRegex(hello["version"], r"^19\.0\.\d+\.\d+\.\d+$")
        self.assertTrue(hello["server_time"] and hello["database_uuid"])
        self.assertIs(hello["is_fetched"], False)
        self.assertEqual(hello["keys"], [])

    def test_hello_tells_the_end_of_the_callers_own_keys(self):
        keys = self.env["res.users.apikeys"].sudo()
        ends_at = fields.Datetime.now() + timedelta(days=20)
        keys.with_user(self.service_user).sudo()._generate("rpc", "platen", ends_at)
        keys.with_user(self.manager).sudo()._generate("rpc", "another's", ends_at)
        hello = self.jobs.with_user(self.service_user).service_hello()
        told = fields.Datetime.to_string(ends_at)
        self.assertEqual(hello["keys"], [{"name": "platen", "ends_at": told}])

    def test_hello_sends_what_waits(self):
        with self.capture_triggers("label_print.ir_cron_send") as capture:
            self.jobs.with_user(self.service_user).service_hello()
        self.assertEqual(len(capture.records), 1)

    def test_answer_can_travel_by_xmlrpc(self):
        import xmlrpc.client

        job = self.job()
        answer = self.tell(self.report(job, 2), self.report("no-such-job", 2))
        self.assertTrue(xmlrpc.client.dumps((answer,)))
        hello = self.jobs.with_user(self.service_user).service_hello()
        self.assertTrue(xmlrpc.client.dumps((hello,)))

    def test_end(self):
        job = self.job()
        self.tell(
            self.report(
                job,
                9,
                "completed_with_errors",
                current_label=7,
                unconfirmed=[8, 3, 9, 10],
                error_code="unconfirmed_labels",
                error_message="Some labels are unsure.",
                error_action="Look for them.",
            )
        )
        self.assertEqual(job.unconfirmed, "3, 8-10")
        self.assertEqual(job.error_message, "Some labels are unsure.")
        self.assertEqual(job.finished_at, datetime(2026, 1, 31, 9, 26, 3))

    def test_completed_job_stays_completed(self):
        job = self.job()
        self.tell(self.report(job, 5, "completed", current_label=10))
        with mute_logger(REPORT_LOGGER):
            answer = self.tell(self.report(job, 6, "printing", current_label=3))
        self.assertEqual((job.status, job.current_label), ("completed", 10))
        self.assertEqual(answer["jobs"], {job.uuid: 6}, "or it is repeated for ever")
        with self.assertRaises(UserError):
            job.status = "pending"

    def test_retried_job_goes_on(self):
        job = self.job()
        self.tell(self.report(job, 5, "failed", error_message="Broken"))
        self.tell(self.report(job, 7, "completed", current_label=10))
        self.assertEqual(job.status, "completed")
        self.assertFalse(job.error_message)

    def test_attention_comes_and_goes(self):
        job = self.job()
        attention = {
            "code": "paper_out",
            "message": "The printer is out of labels.",
            "action": "Load a new roll.",
            "since": "2026-01-31 09:27:00",
        }
        self.tell(self.report(job, 2, attention=attention))
        self.assertEqual(job.status, "printing")
        self.assertEqual(job.attention, "The printer is out of labels.")
        self.assertEqual(job.attention_action, "Load a new roll.")
        self.assertEqual(job.attention_since, datetime(2026, 1, 31, 9, 27))
        self.tell(self.report(job, 3))
        self.assertFalse(job.attention or job.attention_code or job.attention_since)

    def test_reprint_asked_for_at_the_service_becomes_a_job_of_the_same_order(self):
        job = self.job()
        uuid = "01970000-0000-7000-8000-000000000001"
        reprint = {
            "reprint_of": job.uuid,
            "reprint_labels": "3,7-12",
            "reprint_reason": "Smeared",
            "quantity": 7,
        }
        self.tell(self.report(job, 5, "completed", current_label=10))
        answer = self.tell(self.report(uuid, 2, current_label=1, **reprint))
        self.assertEqual(answer["jobs"], {uuid: 2})
        again = job.reprint_ids
        self.assertEqual((again.uuid, again.status, again.current_label), (uuid, "printing", 1))
        self.assertEqual((again.mo_id, again.quantity), (job.mo_id, 7))
        self.assertEqual((again.reprint_labels, again.reprint_reason), ("3,7-12", "Smeared"))
        self.tell(self.report(uuid, 3, "completed", current_label=7, **reprint))
        self.assertEqual(job.reprint_ids.status, "completed")
        stranger = self.report(uuid.replace("1", "2"), 2, reprint_of="no-such-job")
        self.assertTrue(self.tell(stranger)["unknown"])

    def test_pause_and_policy(self):
        job = self.job()
        self.tell(self.report(job, 2, paused=True, unconfirmed_policy="skip"))
        self.assertEqual((job.paused, job.unconfirmed_policy), (True, "skip"))
        self.tell(self.report(job, 3, unconfirmed_policy="of a later version"))
        self.assertEqual((job.paused, job.unconfirmed_policy), (False, "skip"))

    def test_open_lists_hear_of_it_on_the_closed_channel(self):
        job = self.job()
        self.tell(self.report(job, 2, current_label=7))
        ((channel, payload),) = self.bus_messages("label_print_job")
        group = self.env.ref("label_print.group_user")
        self.assertEqual(channel[1:], ["res.groups", group.id, "JOBS"])
        self.assertEqual(payload["id"], job.id)
        self.assertEqual((payload["current_label"], payload["quantity"]), (7, 10))
        self.assertEqual((payload["revision"], payload["status"]), (2, "printing"))
        self.assertEqual(payload["reported_at"], str(job.reported_at))

    def test_progress_leaves_no_trace_in_the_chatter(self):
        job = self.job()
        before = len(job.message_ids)
        self.tell(self.report(job, 2, current_label=3))
        self.tell(self.report(job, 3, "completed", current_label=10))
        self.assertEqual(len(job.message_ids), before)

    def test_moments_and_ranges(self):
        expected = datetime(2026, 1, 31, 8, 26, 3)
        for text in ("2026-01-31 08:26:03", "2026-01-31T08:26:03Z", "2026-01-31T09:26:03.5+01:00"):
            self.assertEqual(moment(text), expected)
        self.assertFalse(moment(False))
        self.assertFalse(moment("yesterday"))
        self.assertEqual(write_ranges([]), "")
        self.assertEqual(write_ranges([5, 1, 2, 3]), "1-3, 5")
        self.assertEqual(parse_ranges("5,1 - 3, 2", 5), [1, 2, 3, 5])
        for text in ("", "0", "6", "3-1", "1,", "x", "1-", False):
            with self.assertRaises(ValueError):
                parse_ranges(text, 5)
