from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from .common import LabelPrintCase


@tagged("post_install", "-at_install")
class TestAgent(LabelPrintCase):
    """The instances of the print service: which live, and what each has to do."""

    def tell_instances(self, *instances):
        self.tell({"kind": "instances", "instances": list(instances)})

    def instance(self, name, *printers, silent_seconds=5, is_stopped=False):
        return {
            "name": name,
            "version": "0.1.0",
            "started_at": "2026-01-31 09:00:00",
            "silent_seconds": silent_seconds,
            "is_stopped": is_stopped,
            "printers": list(printers),
        }

    def agent(self, name):
        return self.env["label.print.agent"].with_user(self.supervisor).search([("name", "=", name)])

    def test_queue_and_current_job_of_each_printer_and_service(self):
        second = self.printer.create({"name": "line-b"})
        self.job(printer_id=self.printer.id, status="printing", current_label=4)
        self.job(7, printer_id=self.printer.id)
        self.job(3, printer_id=second.id)
        self.tell_instances(self.instance("one", "line-a", "line-b"), self.instance("two"))
        one, two = self.agent("one"), self.agent("two")
        self.assertEqual((one.status, one.version), ("alive", "0.1.0"))
        self.assertEqual((one.waiting_job_count, one.labels_waiting), (3, 16))
        self.assertEqual(one.current_job_ids, self.printer.current_job_id)
        self.assertEqual((two.waiting_job_count, two.current_job_ids.ids), (0, []))
        # The first one dies, and the other takes its printers over.
        self.tell_instances(
            self.instance("one", silent_seconds=200), self.instance("two", "line-a", "line-b")
        )
        self.assertEqual(one.status, "silent")
        self.assertEqual(self.printer.agent_id, two.sudo())
        self.assertEqual((one.waiting_job_count, two.waiting_job_count), (0, 3))
        # One that was taken out of its configuration is nobody's.
        self.tell_instances(self.instance("two", "line-a"))
        self.assertFalse(second.agent_id)
        self.assertEqual(two.printer_ids.ids, self.printer.ids)

    def test_a_heartbeat_that_stays_away_is_seen_without_a_report(self):
        self.tell_instances(self.instance("one", silent_seconds=20), self.instance("two", is_stopped=True))
        one = self.agent("one")
        self.assertEqual((one.status, self.agent("two").status), ("alive", "stopped"))
        # Its own clock counts on from what it was told.
        age = fields.Datetime.now() - one.last_heartbeat_at
        self.assertAlmostEqual(age.total_seconds(), 20, delta=5)
        one.sudo().last_heartbeat_at -= timedelta(minutes=2)
        self.assertEqual(one.status, "silent")

    def test_open_pages_hear_of_it_and_odd_words_change_nothing(self):
        self.clear_bus()
        self.tell_instances(self.instance("one", "line-a", "no-such-printer", 5), "two", {"name": 3})
        self.assertEqual(len(self.bus_messages("label_print_service")), 1)
        self.assertEqual(self.env["label.print.agent"].search([]).mapped("name"), ["one"])
        self.assertEqual(self.printer.agent_id.name, "one")

    def test_who_only_fetches_is_there_too_and_is_forgotten_after_a_week(self):
        agents = self.env["label.print.agent"]
        agents._saw("fetching")
        self.tell_instances(self.instance("told", "line-a"))
        self.assertEqual(self.agent("fetching").status, "alive")
        # The one that only reports never fetched; what is told of fetching is about the other.
        self.assertEqual(agents._last()[0].name, "fetching")
        agents._saw("told")
        self.assertTrue(self.agent("told").last_fetch_at)
        week = fields.Datetime.now() - timedelta(days=8)
        self.agent("told").sudo().write({"last_heartbeat_at": week, "last_fetch_at": week})
        agents._gc_forgotten()
        self.assertFalse(self.agent("told"))
        self.assertTrue(self.agent("fetching"))
        self.assertTrue(self.printer.exists())
