import logging
import time
from datetime import UTC, timedelta
from html import escape

from odoo import api, fields, models

from .. import alert_address, platen_client, service_words

_logger = logging.getLogger(__name__)

#: All posts of one round together; what is left is posted by the next round.
POSTING_SECONDS = 15


class PrinterConfiguration(models.Model):
    """A printer that nobody helps: after a while its managers get a mail, once for each fault."""

    # One file for each responsibility.
    _inherit = "printer.configuration"  # pylint: disable=consider-merging-classes-inherited

    alerted_at = fields.Datetime(
        string="Managers Alerted", readonly=True, copy=False, help="By mail, about its last fault."
    )

    posted_at = fields.Datetime(
        string="Address Alerted",
        readonly=True,
        copy=False,
        help="When the address of the settings took word of its last fault.",
    )

    @api.model
    def _cron_alert(self):
        """Tell managers and the address of the settings of printers that wait too long."""
        minutes = self._alert_minutes()
        if not minutes:
            return
        now = fields.Datetime.now()
        since = now - timedelta(minutes=minutes)
        # sudo: the reports write the printers, and so does this
        waiting = self.sudo().search([("fault_code", "!=", False), ("fault_since", "<=", since)])
        for printer in waiting:
            if not printer.alerted_at or printer.alerted_at < printer.fault_since:
                printer._alert()
        self._post_alerts(
            waiting.filtered(
                lambda printer: not printer.posted_at or printer.posted_at < printer.fault_since
            )
        )

    @api.model
    def _alert_minutes(self):
        """Return after how many minutes the managers are written to, 0 for never."""
        text = str(platen_client.setting(self.env, "alert_minutes")).strip()
        return int(text) if text.isdecimal() else 0

    def _alert(self):
        """Send the mails of one printer through Odoo's own queue of mails."""
        self.ensure_one()
        self.alerted_at = fields.Datetime.now()
        mails = [
            self.with_context(lang=manager.lang)._prepare_alert(manager)
            for manager in self._alert_recipients()
        ]
        self.env["mail.mail"].create(mails)

    def _alert_recipients(self):
        """Return the managers who may see the printer and can be written to."""
        self.ensure_one()
        managers = self.env.ref("label_print.group_manager").all_user_ids
        return managers.filtered(
            lambda user: user.active
            and not user.share
            and user.email
            and (not self.company_id or self.company_id in user.company_ids)
        )

    def _prepare_alert(self, manager):
        """Return the values of the mail to one manager."""
        self.ensure_one()
        zone = manager.tz or "UTC"
        since = fields.Datetime.context_timestamp(self.with_context(tz=zone), self.fault_since)
        sentences = [
            service_words.in_words(self.env, self.fault_message),
            service_words.in_words(self.env, self.fault_action),
            self.env._("Since %(since)s.", since=since.strftime("%Y-%m-%d %H:%M")),
            self.env._("Jobs waiting there: %(count)s.", count=self.queue_length),
        ]
        paragraphs = "".join(f"<p>{escape(text)}</p>" for text in sentences if text)
        return {
            "subject": self.env._("The printer %(name)s needs a hand", name=self.name),
            "body_html": paragraphs,
            "email_to": manager.email_formatted,
            "auto_delete": True,
        }

    @api.model
    def _post_alerts(self, printers):
        """Post the alerts, signed; what is not taken is posted again by the next round.

        After the commit, each noted in a transaction of its own: an address that is slow
        holds neither the mails nor a row, and an address that is silent is asked once.
        """
        url = platen_client.setting(self.env, "webhook_url")
        if not printers or not url or platen_client.is_neutralized(self.env):
            return
        secret = platen_client.setting(self.env, "webhook_secret")
        alerts = [(printer.id, printer._prepare_posted_alert()) for printer in printers]
        self.env["ir.cron"]._commit_progress(0)
        deadline = time.monotonic() + POSTING_SECONDS
        for printer_id, alert in alerts:
            if time.monotonic() > deadline:
                _logger.warning("The address to alert is slow; the rest is posted later")
                return
            now = fields.Datetime.now()
            try:
                alert_address.post_signed(
                    url, secret, alert, int(now.replace(tzinfo=UTC).timestamp())
                )
            except platen_client.PlatenError as error:
                _logger.warning(
                    "The alert about %s was not taken by its address: %s",
                    alert["printer"],
                    error.message,
                )
                if isinstance(error, platen_client.PlatenSilent):
                    return
                continue
            self.env["label.print.outbox"]._in_own_transaction(
                lambda outbox, printer=self.browse(printer_id), now=now: printer.with_env(
                    outbox.env
                )._note_posted(now)
            )

    def _note_posted(self, now):
        """Note that the address took word of the fault."""
        # sudo: the reports write the printers, and so does this
        self.exists().sudo().posted_at = now

    def _prepare_posted_alert(self):
        """Return what the address is told; times are UTC."""
        self.ensure_one()
        return {
            "event": "printer_needs_a_hand",
            "database_uuid": self.env["label.print.job"]._database_uuid(),
            "printer": self.name,
            "code": self.fault_code,
            "message": self.fault_message or "",
            "action": self.fault_action or "",
            "since": f"{self.fault_since:%Y-%m-%dT%H:%M:%SZ}",
            "jobs_waiting": self.queue_length,
        }
