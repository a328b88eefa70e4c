from datetime import datetime

from odoo.tests import tagged

from .common import LabelPrintCase


@tagged("post_install", "-at_install")
class TestPrinters(LabelPrintCase):
    """Printers are what the service says they are."""

    def printer_report(self, revision, **values):
        return {
            "kind": "printer",
            "name": "line-a",
            "revision": revision,
            "status": "idle",
            "fault": False,
            "odometer": 1234,
            "last_seen_at": "2026-01-31 09:26:03",
            **values,
        }

    def test_fault_comes_and_goes(self):
        fault = {
            "code": "head_open",
            "message": "The print head is open.",
            "action": "Close it.",
            "since": "2026-01-31 09:25:00",
        }
        answer = self.tell(self.printer_report(4, status="faulted", fault=fault))
        self.assertEqual(answer["printers"], {"line-a": 4})
        self.assertEqual(self.printer.status, "faulted")
        self.assertEqual(self.printer.fault_message, "The print head is open.")
        self.assertEqual(self.printer.last_seen_at, datetime(2026, 1, 31, 9, 26, 3))
        self.assertEqual(self.printer.odometer, 1234)
        # How many jobs wait changes without a new revision.
        self.tell(self.printer_report(4, status="faulted", fault=fault, queue_length=3, paused=True))
        self.assertEqual((self.printer.queue_length, self.printer.is_paused), (3, True))
        self.tell(self.printer_report(5))
        self.assertEqual(self.printer.status, "idle")
        self.assertFalse(self.printer.fault_message or self.printer.fault_since)

    def test_older_revision_changes_nothing(self):
        self.tell(self.printer_report(4, status="printing"))
        answer = self.tell(self.printer_report(3, status="offline"))
        self.assertEqual(answer["printers"], {"line-a": 4})
        self.assertEqual(self.printer.status, "printing")

    def test_new_printer_is_created_and_an_archived_one_is_not_doubled(self):
        self.tell(self.printer_report(1, name="line-n"))
        printers = self.env["printer.configuration"].with_context(active_test=False)
        new = printers.search([("name", "=", "line-n")])
        self.assertEqual(len(new), 1)
        new.active = False
        self.tell(self.printer_report(2, name="line-n", status="paused"))
        self.assertEqual(new.status, "paused")

    def test_default_printer(self):
        company = self.env.company
        printers = self.env["printer.configuration"]
        self.assertEqual(printers._default_printer(company), self.printer)
        self.set_param("default_printer", False)
        self.assertEqual(printers._default_printer(company), self.printer, "the only one")
        printers.create({"name": "line-b"})
        self.assertFalse(printers._default_printer(company))
