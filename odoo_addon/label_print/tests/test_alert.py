import hashlib
import hmac
import json
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.tests import tagged
from odoo.tools import mute_logger

from .. import alert_address, platen_client
from ..models import printer_configuration_alert
from .common import LabelPrintCase

ALERT_LOGGER = "odoo.addons.label_print.models.printer_configuration_alert"


@tagged("post_install", "-at_install")
class TestAlert(LabelPrintCase):
    """A printer that waits too long for a hand is told to its managers by mail."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager.email = "manager@example.com"
        cls.set_param("alert_minutes", "10")

    def faulted(self, minutes):
        self.printer.write(
            {
                "status": "faulted",
                "fault_code": "paper_out",
                "fault_message": "The printer is out of <labels>.",
                "fault_action": "Load a new roll.",
                "fault_since": fields.Datetime.now() - timedelta(minutes=minutes),
            }
        )

    def alert(self):
        """Run the round as the scheduler does."""
        self._run_cron("label_print.ir_cron_alert")
        self.env.invalidate_all()

    def mails(self):
        """Return the mails that the next round brings."""
        before = self.env["mail.mail"].search([])
        self.alert()
        mails = self.env["mail.mail"].search([]) - before
        return mails.filtered(lambda mail: "manager@example.com" in mail.email_to)

    def test_manager_is_written_to_once_for_each_fault(self):
        self.faulted(9)
        self.assertFalse(self.mails(), "somebody may be on the way")
        self.faulted(11)
        mail = self.mails()
        self.assertEqual(mail.subject, "The printer line-a needs a hand")
        self.assertIn("out of &lt;labels&gt;.", mail.body_html)
        self.assertIn("Load a new roll.", mail.body_html)
        self.assertFalse(self.mails())
        self.printer.alerted_at = fields.Datetime.now() - timedelta(hours=1)
        self.assertEqual(len(self.mails()), 1, "another fault")

    def test_nobody_is_written_to_when_it_is_well_or_not_wished(self):
        self.faulted(60)
        for text in ("0", "", "soon", "-5"):
            self.set_param("alert_minutes", text)
            self.assertFalse(self.mails(), text)
        self.set_param("alert_minutes", "10")
        self.printer.fault_code = False
        self.assertFalse(self.mails())

    @mute_logger(ALERT_LOGGER)
    def test_an_address_is_told_signed_until_it_takes_it(self):
        self.set_param("webhook_url", f"{self.platen.url}/alerts")
        self.set_param("webhook_secret", "between us")
        self.faulted(60)
        self.platen.answers["POST", "/alerts"] = (503, {})
        self.mails()
        self.assertFalse(self.printer.posted_at)
        self.platen.requests.clear()
        self.platen.answers["POST", "/alerts"] = (200, {})
        self.mails()
        self.mails()
        [(_method, _path, headers, told)] = self.platen.requests
        text = json.dumps(told, separators=(",", ":")).encode()
        self.assertEqual((told["printer"], told["code"]), ("line-a", "paper_out"))
        signature = dict(part.split("=") for part in headers["X-Label-Print-Signature"].split(","))
        expected = hmac.new(b"between us", f"{signature['t']}.".encode() + text, hashlib.sha256)
        self.assertEqual(signature["v1"], expected.hexdigest())

    @mute_logger(ALERT_LOGGER)
    def test_a_silent_address_holds_neither_mails_nor_other_alerts(self):
        self.set_param("webhook_url", f"{self.platen.url}/alerts")
        self.set_param("webhook_secret", "between us")
        self.faulted(60)
        names = ["line-b", "line-c"]
        others = self.printer.create([{"name": name} for name in names])
        others.write({"fault_code": "paper_out", "fault_since": self.printer.fault_since})
        noted = self.env["mail.mail"].search_count([])

        def answer(_url, *_words):
            # The mails are committed before anybody is asked anything.
            asked.append(self.env["mail.mail"].search_count([]) - noted)
            raise platen_client.PlatenSilent("No answer.", "webhook_failed")

        asked = []
        with patch.object(alert_address, "post_signed", answer):
            self.alert()
        self.assertEqual(len(asked), 1, "who is silent is asked once a round")
        self.assertGreaterEqual(asked[0], 3)
        self.assertFalse((self.printer | others).filtered("posted_at"))
        # One that answers at its leisure takes no more than its share; the rest comes next time.
        with patch.object(printer_configuration_alert, "POSTING_SECONDS", -1):
            self.alert()
        self.assertFalse((self.printer | others).filtered("posted_at"))
        # What it does not like keeps nobody else's waiting.
        self.platen.answers["POST", "/alerts"] = (422, {})
        self.platen.requests.clear()
        self.alert()
        self.assertEqual(len(self.platen.requests), 3)
        self.platen.answers["POST", "/alerts"] = (200, {})
        self.alert()
        self.assertEqual(len((self.printer | others).filtered("posted_at")), 3)

    def test_nobody_without_the_right_is_written_to(self):
        self.faulted(60)
        self.supervisor.email = "steerer@example.com"
        self.manager.active = False
        before = self.env["mail.mail"].search([])
        self.alert()
        addresses = (self.env["mail.mail"].search([]) - before).mapped("email_to")
        self.assertFalse([one for one in addresses if "steerer" in one or "manager@" in one])
