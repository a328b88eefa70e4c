from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .common import LabelPrintCase

CLIENT_LOGGER = "odoo.addons.label_print.platen_client"
FAULT = {
    "code": "head_open",
    "message": "The print head is open.",
    "action": "Close it.",
    "since": "2026-01-31 09:25:00",
}


@tagged("post_install", "-at_install")
class TestBoard(LabelPrintCase):
    """The printers' cards: work, buttons, and who is told of a fault."""

    def tell_printer(self, revision, **values):
        self.tell(
            {
                "kind": "printer",
                "name": "line-a",
                "revision": revision,
                "status": "idle",
                "fault": False,
                **values,
            }
        )

    def told(self):
        toasts = {}
        for channel, toast in self.bus_messages("label_print_notification"):
            if toast.get("printer_id") == self.printer.id:
                toasts.setdefault(channel[-1], []).append(toast)
        return toasts

    def test_the_work_of_a_printer(self):
        self.job(printer_id=self.printer.id, status="printing", current_label=4)
        self.job(7, printer_id=self.printer.id)
        self.job(printer_id=self.printer.id, status="completed", current_label=10)
        card = self.printer.with_user(self.maker)
        self.assertEqual((card.waiting_job_count, card.labels_waiting), (2, 13))
        self.assertEqual(card.current_job_id.current_label, 4)
        self.assertEqual((card.current_job_printed, card.current_job_quantity), (4, 10))

    def test_two_questions_for_any_number_of_cards(self):
        printers = self.printer.create([{"name": f"line-{number}"} for number in range(8)])
        self.env.flush_all()
        printers.invalidate_recordset()
        with self.assertQueryCount(2):
            printers.mapped("waiting_job_count")

    def test_pause_and_resume(self):
        with self.enter_registry_test_mode():
            self.printer.with_user(self.supervisor).action_pause()
        self.env.invalidate_all()
        self.assertTrue(self.printer.is_paused)
        with self.enter_registry_test_mode():
            self.printer.with_user(self.supervisor).action_resume()
        self.env.invalidate_all()
        self.assertFalse(self.printer.is_paused)
        paths = [path for _method, path, _headers, _body in self.platen.requests]
        self.assertEqual(paths, ["/api/printers/line-a/pause", "/api/printers/line-a/resume"])

    def test_a_printer_of_a_dead_service_cannot_be_paused(self):
        self.platen.close()
        with (
            mute_logger(CLIENT_LOGGER),
            self.assertRaisesRegex(UserError, "No print service is listening"),
        ):
            self.printer.with_user(self.supervisor).action_pause()

    def test_a_plain_user_is_refused_by_the_server(self):
        for button in ("action_pause", "action_resume"):
            with self.assertRaises(AccessError):
                getattr(self.printer.with_user(self.maker), button)()
        stocker = new_test_user(self.env, login="stocker", groups="stock.group_stock_user")
        with self.assertRaises(AccessError):
            self.printer.with_user(stocker).action_print_test()

    def test_a_test_label_is_a_job_like_any_other(self):
        self.printer.with_user(self.maker).action_print_test()
        test = self.jobs.search([("job_type", "=", "test")])
        self.assertEqual(test.display_name, "Test of line-a · 1 label")
        self.send()
        self.assertEqual(test.status, "queued")
        (body,) = self.platen.bodies()
        self.assertEqual((body["template"], body["quantity"]), ("test", 1))
        self.assertNotIn("mo", body)
        self.tell(self.report(test, 3, "completed", quantity=1, current_label=1))
        (toast,) = self.toasts(self.maker)
        self.assertEqual(toast["message"], "1 label printed for Test of line-a.")

    def test_a_fault_is_told_to_who_waits_and_to_managers_and_once(self):
        waiter = new_test_user(self.env, login="waiter", groups="mrp.group_mrp_user")
        self.job(printer_id=self.printer.id, status="printing")
        self.job(user=waiter, printer_id=self.printer.id)
        self.clear_bus()
        self.tell_printer(2, status="faulted", fault=FAULT)
        self.tell_printer(3, status="faulted", fault=FAULT)
        told = self.told()
        self.assertEqual(len(told[waiter.partner_id.id]), 1)
        (toast,) = told[self.manager.partner_id.id]
        self.assertEqual((toast["type"], toast["sticky"]), ("warning", True))
        self.assertEqual(toast["message"], "The print head is open. Close it.")
        # Who prints there hears of it with the job.
        self.assertNotIn(self.maker.partner_id.id, told)
        self.clear_bus()
        self.tell_printer(4)
        told = self.told()
        (toast,) = told[self.manager.partner_id.id]
        self.assertEqual((toast["type"], toast["sticky"]), ("success", False))

    def test_boards_hear_of_a_printer(self):
        self.clear_bus()
        self.tell_printer(2, status="printing")
        ((_channel, news),) = self.bus_messages("label_print_printer")
        self.assertEqual((news["id"], news["revision"]), (self.printer.id, 2))
        self.assertEqual(news["status"], "printing")

    def test_when_a_printer_was_seen_is_asked_and_not_stored(self):
        self.platen.printers[0]["last_seen_at"] = "2026-01-31T09:26:03Z"
        told = self.printer.with_user(self.maker).read_now()
        (row,) = told["printers"]
        self.assertEqual((row["id"], row["last_seen_at"]), (self.printer.id, "2026-01-31 09:26:03"))
        self.assertFalse(self.printer.last_seen_at)
        self.platen.close()
        with mute_logger(CLIENT_LOGGER):
            told = self.printer.with_user(self.maker).read_now()
        self.assertIn("No print service is listening", told["problem"])
