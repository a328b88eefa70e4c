from datetime import timedelta

from odoo import fields
from odoo.tests import new_test_user, tagged

from .common import LabelPrintCase

PAPER_OUT = {
    "code": "paper_out",
    "message": "The printer is out of labels.",
    "action": "Load a new roll.",
    "since": "2026-01-31 09:27:00",
}
UNCONFIRMED = {**PAPER_OUT, "code": "unconfirmed_labels", "message": "Some labels are unknown."}


@tagged("post_install", "-at_install")
class TestAttention(LabelPrintCase):
    """The bell, and the first steps."""

    def items(self, user=None):
        return self.env["label.print.attention"].with_user(user or self.maker).get_items()

    def test_what_failed_is_told_until_it_is_asked_for_again(self):
        job = self.job(user=self.maker)
        now = fields.Datetime.to_string(fields.Datetime.now())
        self.tell(
            self.report(job, 2, "failed", error_message="No such printer.", updated_at=now)
        )
        [item] = self.items()["jobs"]
        self.assertEqual((item["id"], item["message"]), (job.id, "No such printer."))
        self.assertTrue(item["is_failed"])
        self.assertEqual(self.items(self.manager)["count"], 1)
        other = new_test_user(self.env, login="other-maker", groups="mrp.group_mrp_user")
        self.assertEqual(self.items(other)["count"], 0)
        job.finished_at -= timedelta(hours=25)
        self.assertEqual(self.items()["count"], 0)
        job.write({"finished_at": fields.Datetime.now(), "status": "queued"})
        self.assertEqual(self.items()["count"], 0)

    def fault(self, revision, fault, status="faulted"):
        self.tell(
            {
                "kind": "printer",
                "name": "line-a",
                "revision": revision,
                "status": status,
                "fault": fault,
            }
        )

    def test_a_fault_is_counted_once_though_a_job_waits_for_it(self):
        job = self.job()
        self.assertEqual(self.items()["count"], 0)
        self.fault(2, PAPER_OUT)
        self.tell(self.report(job, 2, attention=PAPER_OUT))
        items = self.items()
        self.assertEqual((items["count"], items["jobs"]), (1, []))
        self.assertEqual(items["printers"][0]["action"], "Load a new roll.")
        self.fault(3, False, "idle")
        self.tell(self.report(job, 3))
        self.assertEqual(self.items()["count"], 0)

    def test_labels_in_doubt_are_counted_beside_the_fault(self):
        job = self.job()
        self.fault(2, PAPER_OUT)
        self.tell(self.report(job, 2, attention=UNCONFIRMED, unconfirmed=[4]))
        items = self.items()
        self.assertEqual(items["count"], 2)
        self.assertEqual(items["jobs"][0]["name"], job.mo_id.name)

    def test_a_service_without_a_heartbeat_is_told_to_supervisors(self):
        agent = self.env["label.print.agent"].create(
            {"name": "line-host", "last_heartbeat_at": fields.Datetime.now()}
        )
        self.assertEqual(self.items(self.supervisor)["services"], [])
        agent.last_heartbeat_at -= timedelta(minutes=5)
        items = self.items(self.supervisor)
        self.assertEqual((items["count"], items["services"][0]["name"]), (1, "line-host"))
        self.assertEqual(self.items(self.maker)["count"], 0)
        agent.is_stopped = True
        self.assertEqual(self.items(self.supervisor)["count"], 0)

    def test_who_has_nothing_to_do_with_labels_sees_nothing(self):
        self.fault(2, PAPER_OUT)
        stocker = new_test_user(self.env, login="stocker", groups="stock.group_stock_user")
        nothing = {"count": 0, "jobs": [], "printers": [], "services": []}
        self.assertEqual(self.items(stocker), nothing)

    def test_first_steps(self):
        attention = self.env["label.print.attention"].with_user(self.maker)
        self.printer.active = False
        self.set_param("api_url", "")
        setup = attention.get_onboarding()
        self.assertFalse(setup["is_connected"] or setup["has_printer"] or setup["has_job"])
        self.assertFalse(setup["may_connect"])
        self.set_param("api_url", self.platen.url)
        self.printer.active = True
        self.printer.with_user(self.maker).action_print_test()
        setup = attention.get_onboarding()
        self.assertTrue(setup["is_connected"] and setup["has_printer"])
        self.assertFalse(setup["has_job"], "a test is not the first label of an order")
        self.job()
        self.assertTrue(attention.get_onboarding()["has_job"])
