from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .common import LabelPrintCase
from .fake_platen import PNG_BEGIN

CLIENT_LOGGER = "odoo.addons.label_print.platen_client"
LABEL = {
    "label": 3,
    "serial": "SN-3",
    "outcome": "printed",
    "evidence": "odometer",
    "printer": "line-a",
    "attempt": 1,
    "recorded_at": "2026-01-31T09:26:03.25Z",
    "doubts": [{"attempt": 1}],
}


@tagged("post_install", "-at_install")
class TestInsight(LabelPrintCase):
    """What only the service knows of a job is read when somebody looks."""

    def setUp(self):
        super().setUp()
        self.taken = self.job(4)
        self.path = f"/api/jobs/{self.taken.uuid}"
        self.seen = self.taken.with_user(self.maker)

    def test_a_page_of_labels(self):
        answer = {"labels": [LABEL], "next_after": None}
        self.platen.answers["GET", f"{self.path}/labels?after=2&limit=2"] = 200, answer
        page = self.seen.get_labels(after=2, limit=2)
        self.assertEqual(page["quantity"], 4)
        (row,) = page["labels"]
        self.assertEqual((row["label"], row["serial"], row["doubts"]), (3, "SN-3", 1))
        self.assertEqual(row["recorded_at"], "2026-01-31 09:26:03")

    def test_a_picture_of_a_label(self):
        self.platen.answers["GET", f"{self.path}/labels/2/picture"] = 200, PNG_BEGIN
        self.assertEqual(self.seen.get_label_picture(2), {"png": "iVBORw=="})

    def test_the_story_of_a_job_is_told_in_order(self):
        events = [
            {"number": 4, "what": "accepted", "recorded_at": "2999-01-31T09:00:00Z"},
            {
                "number": 9,
                "what": "attention",
                "recorded_at": "2999-01-31T09:00:05Z",
                "current_label": 2,
                "attention": {"code": "paper_out", "message": "No labels.", "action": "Load."},
            },
        ]
        self.platen.answers["GET", f"{self.path}/events"] = 200, {"events": events}
        story = self.seen.get_timeline()
        self.assertFalse(story["problem"])
        self.assertEqual(
            [moment["what"] for moment in story["moments"]], ["requested", "accepted", "attention"]
        )
        last = story["moments"][-1]
        self.assertEqual((last["message"], last["action"]), ("No labels.", "Load."))
        self.assertEqual((last["current_label"], last["quantity"]), (2, 4))

    def test_without_the_service_the_reason_is_told_and_the_story_is_what_is_stored(self):
        self.tell(self.report(self.taken, 2, "printing", current_label=1))
        self.tell(self.report(self.taken, 3, "failed", error_message="Broken."))
        self.platen.close()
        with mute_logger(CLIENT_LOGGER):
            for question in (self.seen.get_labels, self.seen.get_label_picture):
                self.assertIn("No print service is listening", question()["problem"])
            story = self.seen.get_timeline()
        self.assertIn("No print service is listening", story["problem"])
        told = {moment["what"]: moment for moment in story["moments"]}
        self.assertEqual(set(told), {"requested", "printing", "failed"})
        self.assertEqual(told["failed"]["message"], "Broken.")

    def test_a_job_that_was_not_sent_asks_nobody(self):
        order = self.order(2)
        order.action_label_print()
        waiting = self.jobs_of(order).with_user(self.maker)
        self.assertIn("does not have this job yet", waiting.get_labels()["problem"])
        self.assertFalse(waiting.get_timeline()["problem"])
        self.assertFalse(self.platen.requests)

    def test_only_who_may_see_the_job(self):
        stocker = new_test_user(self.env, login="stocker", groups="stock.group_stock_user")
        for question in ("get_labels", "get_label_picture", "get_timeline"):
            with self.assertRaises(AccessError):
                getattr(self.taken.with_user(stocker), question)()
