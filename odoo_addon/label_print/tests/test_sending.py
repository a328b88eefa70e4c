from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.label_print import platen_client

from .common import LabelPrintCase
from .fake_platen import KEY, problem

CLIENT_LOGGER = "odoo.addons.label_print.platen_client"
OUTBOX_LOGGER = "odoo.addons.label_print.models.label_print_outbox"


@tagged("post_install", "-at_install")
class TestSending(LabelPrintCase):
    """Over a real connection: taken once, asked again after a silence, given up when refused."""

    def setUp(self):
        super().setUp()
        self.jobs_sent = self.jobs
        for quantity in (2, 3):
            order = self.order(quantity)
            order.action_label_print()
            self.jobs_sent |= self.jobs_of(order)
        self.first, self.second = self.jobs_sent.sorted("id")
        self.clear_bus()

    def plan(self, *answer):
        self.platen.answers["POST", "/api/jobs"] = answer

    def test_accepted(self):
        self.send()
        self.assertEqual(self.jobs_sent.mapped("status"), ["queued", "queued"])
        self.assertEqual(self.first.service_job_id, f"job-{self.first.uuid[:8]}")
        self.assertEqual(self.first.revision, 1)
        self.assertTrue(self.first.sent_at and self.first.reported_at)
        self.assertEqual(
            [body["uuid"] for body in self.platen.bodies()], [self.first.uuid, self.second.uuid]
        )
        _method, _path, headers, _body = self.platen.requests[0]
        self.assertEqual(headers["Authorization"], f"Bearer {KEY}")
        self.assertEqual(
            headers["X-Odoo-Database-UUID"],
            self.env["ir.config_parameter"].get_param("database.uuid"),
        )

    def test_nothing_is_sent_twice(self):
        self.send()
        self.send()
        self.assertEqual(len(self.platen.bodies()), 2)

    def test_order_of_birth_in_many_batches(self):
        for _number in range(21):
            self.order(1).action_label_print()
        self.send()
        uuids = self.jobs.search([], order="id").mapped("uuid")
        self.assertEqual([body["uuid"] for body in self.platen.bodies()], uuids)

    def test_refusal_ends_the_job_with_the_words_of_the_service(self):
        self.plan(422, problem("invalid_field", "The code is too long.", "Shorten it."))
        self.send()
        self.assertEqual(self.jobs_sent.mapped("status"), ["failed", "failed"])
        self.assertEqual(self.first.error_code, "invalid_field")
        self.assertEqual(self.first.error_message, "The code is too long.")
        self.assertEqual(self.first.error_action, "Shorten it.")
        toast, _second = self.toasts(self.maker)
        self.assertEqual((toast["type"], toast["sticky"]), ("danger", True))
        self.assertIn("The code is too long. Shorten it.", toast["message"])

    @mute_logger(CLIENT_LOGGER)
    def test_wrong_key_waits_for_an_administrator(self):
        self.set_param("api_key", "not the key")
        self.send()
        self.assertEqual(self.jobs_sent.mapped("status"), ["pending", "pending"])
        self.assertEqual(self.first.error_code, "unauthorized")
        self.assertIn("Settings", self.first.error_action)
        self.assertEqual(len(self.platen.bodies()), 1, "a refused key is not tried again at once")
        self.set_param("api_key", KEY)
        self.send()
        self.assertEqual(self.jobs_sent.mapped("status"), ["queued", "queued"])
        self.assertFalse(self.first.error_code)
        self.assertFalse(self.toasts())

    @mute_logger(CLIENT_LOGGER)
    def test_stopped_service_is_waited_for(self):
        self.platen.close()
        self.send()
        self.assertEqual(self.jobs_sent.mapped("status"), ["pending", "pending"])
        self.assertEqual(self.first.error_code, "service_unreachable")
        self.assertEqual((self.first.attempts, self.second.attempts), (1, 0))

    @mute_logger(CLIENT_LOGGER)
    def test_error_of_the_service_is_waited_for_and_holds_up_nobody(self):
        self.plan(500, problem("storage_full", "The database cannot be written."))
        self.send()
        self.assertEqual(self.jobs_sent.mapped("status"), ["pending", "pending"])
        self.assertEqual(self.first.error_code, "storage_full")
        del self.platen.answers["POST", "/api/jobs"]
        self.send()
        self.assertEqual(self.jobs_sent.mapped("status"), ["queued", "queued"])
        self.assertEqual(
            [body["uuid"] for body in self.platen.bodies()],
            [self.first.uuid, self.second.uuid, self.first.uuid],
            "the job that failed does not go first again",
        )

    @mute_logger(CLIENT_LOGGER)
    def test_other_website_at_the_address(self):
        self.plan(404, b"<html>Not found</html>")
        self.send()
        self.assertEqual(self.first.status, "pending")
        self.assertIn("is not the print service", self.first.error_message)

    @mute_logger(CLIENT_LOGGER)
    def test_lost_answer_is_asked_for_with_the_same_uuid(self):
        self.platen.answers["POST", "/api/jobs"] = 1.0
        with patch.object(platen_client, "READ_TIMEOUT_SECONDS", 0.2):
            self.send()
        self.assertEqual(self.first.status, "sent", "it may be printing")
        self.assertEqual(self.first.error_code, "service_silent")
        self.assertEqual(self.second.status, "pending")
        del self.platen.answers["POST", "/api/jobs"]
        self.first.sent_at -= timedelta(seconds=10)
        self.send()
        self.assertEqual(self.jobs_sent.mapped("status"), ["queued", "queued"])
        uuids = [body["uuid"] for body in self.platen.bodies()]
        self.assertEqual(uuids.count(self.first.uuid), 2)
        self.assertEqual(len(self.platen.jobs), 2)

    def test_job_left_by_a_crash_is_sent_again(self):
        self.first.write(
            {"status": "sent", "sent_at": fields.Datetime.now() - timedelta(minutes=5)}
        )
        self.send()
        self.assertEqual(self.first.status, "queued")

    def test_order_that_changed_after_a_lost_answer(self):
        self.lose_the_answer()
        self.first.mo_id.product_id.name = "Renamed"
        self.send()
        self.assertEqual(self.first.status, "queued", "the service has it: it is not a failure")
        self.assertEqual(len(self.platen.jobs), 2)

    @mute_logger(CLIENT_LOGGER)
    def test_order_that_changed_while_the_service_is_troubled(self):
        self.lose_the_answer()
        self.first.mo_id.product_id.name = "Renamed"
        self.platen.answers["POST", "/api/status"] = 500, problem("internal_error", "Trouble.")
        self.send()
        self.assertEqual(self.first.status, "sent", "it may be printing")
        del self.platen.answers["POST", "/api/status"]
        self.first.sent_at -= timedelta(seconds=10)
        self.send()
        self.assertEqual(self.first.status, "queued")

    def lose_the_answer(self):
        self.send()
        # As a crash leaves it: the answer was never written.
        self.env.cr.execute(
            """UPDATE label_print_job
                  SET status = 'sent', service_job_id = NULL, revision = 0,
                      sent_at = sent_at - interval '5 minutes'
                WHERE id = %s""",
            [self.first.id],
        )
        self.env.invalidate_all()

    def test_report_overtakes_the_answer(self):
        submit = platen_client.submit

        def report_first(link, body):
            answer = submit(link, body)
            # As if the printer had been faster than the answer.
            self.tell(self.report(body["uuid"], 5, "completed", quantity=2, current_label=2))
            return answer

        with patch.object(platen_client, "submit", report_first):
            self.send()
        self.assertEqual(self.first.status, "completed")
        self.assertEqual(self.first.revision, 5)

    def test_request_that_waited_too_long_asks_first(self):
        self.first.requested_at -= timedelta(hours=25)
        self.send()
        self.assertEqual(self.first.status, "failed")
        self.assertEqual(self.first.error_code, "job_expired")
        self.assertEqual(self.second.status, "queued")

    def test_no_printer_is_a_clear_refusal(self):
        self.set_param("default_printer", False)
        self.env["printer.configuration"].create({"name": "line-b"})
        order = self.order(1)
        order.action_label_print()
        self.send()
        job = self.jobs_of(order)
        self.assertEqual((job.status, job.error_code), ("failed", "unknown_printer"))
        self.assertIn("default printer", job.error_action)

    def test_default_printer_may_be_named_before_it_is_known(self):
        self.set_param("default_printer", "line-z")
        order = self.order(1)
        order.action_label_print()
        self.assertFalse(self.jobs_of(order).printer_id)
        self.send()
        self.assertEqual(self.platen.bodies()[-1]["printer"], "line-z")
        self.assertEqual(self.jobs_of(order).printer_id.name, "line-z")

    @mute_logger(OUTBOX_LOGGER)
    def test_broken_order_does_not_hold_up_the_others(self):
        jobs_class = type(self.jobs)
        prepare = jobs_class._prepare_data

        def prepare_data(job):
            if job == self.first:
                raise ZeroDivisionError
            return prepare(job)

        with patch.object(jobs_class, "_prepare_data", prepare_data):
            self.send()
        self.assertEqual(self.jobs_sent.mapped("status"), ["failed", "queued"])

    def test_nothing_is_set_up(self):
        self.set_param("api_url", False)
        self.send()
        self.assertEqual(self.first.status, "pending")
        self.assertEqual(self.first.error_code, "service_not_configured")

    def test_open_lists_hear_each_state(self):
        self.send()
        heard = [
            payload["status"]
            for _channel, payload in self.bus_messages("label_print_job")
            if payload["id"] == self.first.id
        ]
        self.assertEqual(heard, ["sent", "queued"])

    def test_key_and_contents_are_not_logged(self):
        with self.assertLogs(CLIENT_LOGGER, "INFO") as logs:
            self.send()
            self.platen.close()
            self.order(1).action_label_print()
            self.send()
        text = "\n".join(logs.output)
        self.assertIn("/api/jobs", text)
        for secret in (KEY, "Shelf", self.first.mo_id.name):
            self.assertNotIn(secret, text)
