from odoo import fields, models

from .. import service_words
from .label_print_job import ACTIVE_STATUSES


class PrinterConfiguration(models.Model):
    """Who hears what of a printer: boards its state, people its faults."""

    # One file for each responsibility.
    _inherit = "printer.configuration"  # pylint: disable=consider-merging-classes-inherited

    def _tell_news(self, fault_before, status_before):
        """Tell boards of the state, and people of a fault that is new or over."""
        self.ensure_one()
        self._tell_viewers()
        if self.fault_code and self.fault_code != fault_before:
            self._tell_people("_prepare_fault_notification")
        elif fault_before and not self.fault_code and status_before != self.status:
            self._tell_people("_prepare_recovery_notification")

    def _tell_viewers(self):
        """Send the state to whoever has printers on the screen; see the jobs' method."""
        # sudo: the service and plain users may not read groups
        viewers = self.env.ref("label_print.group_user").sudo()
        for printer in self:
            viewers._bus_send(
                "label_print_printer", printer._prepare_live_values(), subchannel="JOBS"
            )

    def _prepare_live_values(self):
        self.ensure_one()
        return {
            "id": self.id,
            "revision": self.revision,
            "status": self.status,
            "fault_code": self.fault_code or "",
            "is_paused": self.is_paused,
            "odometer": self.odometer,
            "last_seen_at": fields.Datetime.to_string(self.last_seen_at),
        }

    def _tell_people(self, prepare):
        # sudo: the service's user reads no jobs
        jobs = self.env["label.print.job"].sudo()
        for printer in self:
            for user in printer._people():
                toast = getattr(printer.with_context(lang=user.lang), prepare)()
                jobs._send_toast(user, toast)

    def _people(self):
        """Return who waits for the printer, and the managers.

        Whose job is at the printer hears of the fault with the job: once is enough.
        """
        self.ensure_one()
        # sudo: the service's user reads neither jobs nor groups
        jobs = self.env["label.print.job"].sudo()
        waiting = jobs.search(
            [("printer_id", "=", self.id), ("status", "in", ACTIVE_STATUSES)], order="id"
        )
        current = waiting.filtered(lambda job: job.status == "printing" or job.attention_code)
        managers = self.env.ref("label_print.group_manager").sudo().all_user_ids
        if self.company_id:
            managers = managers.filtered(lambda user: self.company_id in user.company_ids)
        managers = managers.filtered(lambda user: user.active and not user.share)
        return (waiting._people() | managers) - (current or waiting[:1])._people()

    def _prepare_fault_notification(self):
        """Return the toast that says what is the matter with the printer."""
        self.ensure_one()
        advice = service_words.advice(self.env, self.fault_message, self.fault_action)
        return {
            "type": "warning",
            "title": self.env._("%(what)s needs a hand", what=self.name),
            "message": advice,
            "sticky": True,
            "job_id": False,
            "printer_id": self.id,
        }

    def _prepare_recovery_notification(self):
        """Return the toast that takes the one about the fault away."""
        self.ensure_one()
        return {
            "type": "success",
            "title": self.env._("%(what)s is ready again", what=self.name),
            "message": self.env._("Printing goes on by itself."),
            "sticky": False,
            "job_id": False,
            "printer_id": self.id,
        }
