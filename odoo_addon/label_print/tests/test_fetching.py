import json
from contextlib import suppress
from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .. import platen_client
from ..models.label_print_outbox_fetching import LEASE_SECONDS
from .common import LabelPrintCase


@tagged("post_install", "-at_install")
class TestFetching(LabelPrintCase):
    """An Odoo that cannot reach the service: it fetches what waits."""

    def setUp(self):
        super().setUp()
        self.set_param("mode", "pull")
        self.set_param("api_url", "")

    def fetch(self, limit=10, agent="line-host"):
        answer = self.jobs.with_user(self.service_user).service_fetch(agent, limit)
        self.env.invalidate_all()
        return answer

    def asked_for(self, quantity=3):
        """Return a job that waits to be fetched."""
        return self.jobs.with_user(self.maker)._enqueue(self.order(quantity), "manual").sudo()

    def lease_ran_out(self, record, field):
        record[field] = fields.Datetime.now() - timedelta(seconds=LEASE_SECONDS + 1)

    def test_job_is_handed_out_whole_and_once(self):
        job = self.asked_for()
        self.send()
        self.assertEqual(job.status, "pending", "nothing is sent")
        answer = self.fetch()
        ((uuid, body),) = [(one["uuid"], json.loads(one["body"])) for one in answer["jobs"]]
        self.assertEqual(uuid, job.uuid)
        self.assertEqual((body["uuid"], body["quantity"], body["printer"]), (uuid, 3, "line-a"))
        self.assertEqual(body["mo"], {"id": job.mo_id.id, "name": job.mo_id.name})
        self.assertEqual((job.status, job.attempts), ("sent", 1))
        self.assertEqual(answer["lease_seconds"], LEASE_SECONDS)
        self.assertTrue(answer["database_uuid"])
        self.assertFalse(self.fetch()["jobs"])
        self.assertFalse(self.fetch(agent="another")["jobs"])

    def test_lease_that_ran_out_is_handed_out_again(self):
        job = self.asked_for()
        first = self.fetch()["jobs"]
        self.lease_ran_out(job, "sent_at")
        self.assertEqual(self.fetch()["jobs"], first)
        self.tell(self.report(job, 1, "queued", quantity=3))
        self.lease_ran_out(job, "sent_at")
        self.assertFalse(self.fetch()["jobs"])
        self.assertEqual(job.status, "queued")

    def test_limit(self):
        jobs = [self.asked_for(1) for _count in range(3)]
        answer = self.fetch(limit=2)
        self.assertEqual(len(answer["jobs"]), 2)
        self.assertTrue(answer["has_more"])
        self.assertEqual(jobs[2].status, "pending")
        self.assertEqual(self.fetch(limit=-5)["jobs"], [])

    def test_large_bodies_wait_for_the_next_answer(self):
        jobs = [self.asked_for(1) for _count in range(2)]
        for job in jobs:
            job.mo_id.product_id.name = "x" * 4_000_000
        self.assertEqual(len(self.fetch()["jobs"]), 1)
        self.assertEqual(jobs[1].status, "pending")
        jobs[1].mo_id.product_id.name = "x" * 7_000_000
        self.fetch()
        self.assertEqual((jobs[1].status, jobs[1].error_code), ("failed", "payload_too_large"))

    def test_labels_and_pictures_are_asked_for_by_the_way_of_wishes(self):
        job = self.job()
        self.assertTrue(job.get_labels()["is_asked"])
        self.assertIn("was asked", job.get_label_picture(2)["problem"])
        self.assertEqual(job.get_labels(), job.get_labels(), "asked once")
        labels, picture = self.fetch()["wishes"]
        self.assertEqual((labels["verb"], labels["job"]), ("labels", job.uuid))
        self.assertEqual(json.loads(labels["body"]), {"after": 0, "limit": 50})
        self.assertEqual(json.loads(picture["body"]), {"label": 2})
        self.assertFalse(self.fetch()["wishes"])
        self.clear_bus()
        page = {"labels": [{"label": 1, "outcome": "printed", "serial": "SN-1"}], "next_after": None}
        self.tell(
            {"kind": "wish", "uuid": labels["uuid"], "answer": json.dumps(page)},
            {"kind": "wish", "uuid": picture["uuid"], "code": "invalid_zpl", "message": "No picture."},
        )
        self.assertTrue(self.bus_messages("label_print_job"), "the form asks again")
        self.assertEqual(job.get_labels()["labels"][0]["serial"], "SN-1")
        self.assertIn("No picture.", job.get_label_picture(2)["problem"])
        self.assertFalse(self.fetch()["wishes"])
        # The job moved on: asked anew, and the old answer is good until then.
        self.tell(self.report(job, 5, current_label=4))
        self.assertFalse(self.fetch()["wishes"], "not more often than people read")
        wish = self.env["label.print.wish"].search([("uuid", "=", labels["uuid"])])
        wish.answered_at -= timedelta(seconds=3)
        self.assertEqual(job.get_labels()["labels"][0]["serial"], "SN-1")
        self.assertEqual([one["uuid"] for one in self.fetch()["wishes"]], [labels["uuid"]])

    def test_only_the_service_may_fetch(self):
        self.asked_for()
        for user in (self.maker, self.manager, self.env.ref("base.user_admin")):
            with self.assertRaises(AccessError):
                self.jobs.with_user(user).service_fetch("me", 10)

    def test_nothing_for_a_service_that_is_sent_its_jobs(self):
        job = self.asked_for()
        self.set_param("mode", "push")
        answer = self.fetch()
        self.assertFalse(answer["is_expected"] or answer["jobs"])
        self.assertEqual(job.status, "pending")

    def test_nothing_for_a_copied_database(self):
        self.asked_for()
        self.env["ir.config_parameter"].set_param("database.is_neutralized", True)
        self.assertFalse(self.fetch()["jobs"])

    def test_refusal_ends_the_job_with_advice(self):
        job = self.asked_for()
        self.fetch()
        refusal = {
            "kind": "refusal",
            "uuid": job.uuid,
            "code": "unknown_template",
            "message": "There is no template named `mo_label`.",
            "action": "Choose another.",
        }
        self.tell({**refusal, "is_final": False})
        self.assertEqual((job.status, job.error_message), ("sent", refusal["message"]))
        self.tell({**refusal, "is_final": True})
        self.assertEqual((job.status, job.error_code), ("failed", "unknown_template"))
        self.assertEqual(job.error_action, "Choose another.")
        self.assertEqual(len(self.toasts(self.maker)), 1)
        job.with_user(self.supervisor).action_retry()
        self.assertEqual(len(self.fetch()["jobs"]), 1)

    def test_late_refusal_of_a_job_that_was_taken_changes_nothing(self):
        job = self.job()
        self.tell({"kind": "refusal", "uuid": job.uuid, "code": "x", "is_final": True})
        self.assertEqual(job.status, "queued")

    def test_wish_waits_and_is_settled(self):
        job = self.job()
        job.with_user(self.supervisor).action_cancel()
        self.assertEqual(job.status, "queued", "the service says when it has stopped")
        job.with_user(self.supervisor).action_cancel()
        (wish,) = self.fetch()["wishes"]
        self.assertEqual((wish["verb"], wish["job"]), ("cancel", job.uuid))
        self.assertEqual((wish["attempt"], json.loads(wish["body"])), (1, {}))
        self.assertFalse(self.fetch()["wishes"])
        self.lease_ran_out(self.env["label.print.wish"].search([]), "handed_out_at")
        self.assertEqual(self.fetch()["wishes"], [{**wish, "attempt": 2}])
        self.tell({"kind": "wish", "uuid": wish["uuid"], "code": False})
        self.assertFalse(self.env["label.print.wish"].search([]))
        self.assertFalse(self.toasts())

    def test_refused_wish_is_told_to_who_asked(self):
        job = self.job()
        job.with_user(self.supervisor).action_cancel()
        (wish,) = self.fetch()["wishes"]
        self.clear_bus()
        self.tell(
            {
                "kind": "wish",
                "uuid": wish["uuid"],
                "code": "job_ended",
                "message": "The job is completed and cannot be cancelled.",
                "action": "Reprint it.",
            }
        )
        (toast,) = self.toasts(self.supervisor)
        self.assertIn("cannot be cancelled. Reprint it.", toast["message"])
        self.assertEqual(toast["job_id"], job.id)
        self.assertFalse(self.toasts(self.maker))

    def test_cancelled_job_the_service_never_had_ends(self):
        job = self.asked_for()
        self.fetch()
        job.with_user(self.supervisor).action_cancel()
        (wish,) = self.fetch()["wishes"]
        self.tell({"kind": "wish", "uuid": wish["uuid"], "code": "not_found"})
        self.assertEqual(job.status, "cancelled")
        self.lease_ran_out(job, "sent_at")
        self.assertFalse(self.fetch()["jobs"])

    def test_question_to_the_service_is_answered_here(self):
        action = self.env["res.config.settings"].create({}).action_label_print_test_connection()
        self.assertIn("No print service has fetched", action["params"]["message"])
        self.fetch()
        action = self.env["res.config.settings"].create({}).action_label_print_test_connection()
        self.assertEqual(action["params"]["type"], "success")
        self.assertIn("line-host", action["params"]["message"])
        with self.assertRaisesRegex(Exception, "cannot ask"):
            self.env["label.print.wish"]._post("GET", "/api/printers", None)

    def test_silent_job_is_asked_about(self):
        long_ago = fields.Datetime.now() - timedelta(minutes=3)
        job, lost = self.job(reported_at=long_ago), self.job(reported_at=long_ago)
        self.poll()
        self.assertEqual(set(self.fetch()["asked"]), {job.uuid, lost.uuid})
        self.tell(
            self.report(job, 4, current_label=7),
            {"kind": "asked", "uuids": [job.uuid, lost.uuid], "unknown": [lost.uuid]},
        )
        self.assertFalse(self.fetch()["asked"])
        self.assertEqual((job.current_label, job.attention_code), (7, False))
        self.assertEqual(lost.attention_code, "unknown_to_service")

    def test_templates_are_those_of_the_service(self):
        def told(*names):
            rows = [
                {"name": name, "title": name.title(), "width_mm": 57, "fields": [{"name": "serial"}]}
                for name in names
            ]
            self.tell({"kind": "templates", "templates": rows})
            return self.env["label.print.template"].with_user(self.maker).search([])

        self.assertEqual(told("shelf", "box").mapped("name"), ["box", "shelf"])
        self.assertEqual(told("box", "pallet").mapped("title"), ["Box", "Pallet"])
        self.assertEqual(told("shelf").mapped("field_names"), ["serial"])

    def test_setting(self):
        with Form(self.env["res.config.settings"]) as settings:
            settings.label_print_mode = "push"
        settings.save().execute()
        self.assertFalse(self.env["label.print.outbox"]._is_fetched())
        with self.assertRaises(UserError):
            # Now there is nobody to be asked.
            self.job().with_user(self.supervisor).action_cancel()

    def test_answer_can_travel_by_xmlrpc(self):
        import xmlrpc.client

        self.asked_for()
        self.job().with_user(self.supervisor).action_cancel()
        self.assertTrue(xmlrpc.client.dumps((self.fetch(),)))

    def test_questions_without_an_answer_are_forgotten_and_wishes_are_not(self):
        job = self.job()
        wishes = self.env["label.print.wish"]
        for what in ("labels?after=0&limit=40", "events"):
            # Not `assertRaises`, which would take the question back.
            with suppress(platen_client.PlatenUnavailable):
                wishes._ask(f"/api/jobs/{job.uuid}/{what}")
        old, fresh = wishes.search([("job_uuid", "=", job.uuid)])
        long_ago = fields.Datetime.now() - timedelta(hours=1)
        old.asked_at = long_ago
        wishes._post("POST", f"/api/jobs/{job.uuid}/cancel", {})
        cancel = wishes.search([("verb", "=", "cancel")])
        # Handing it out again and again makes it no younger.
        self.fetch()
        wishes._gc_answers()
        self.assertEqual(wishes.search([("job_uuid", "=", job.uuid)]), fresh | cancel)
