from datetime import timedelta

from odoo import api, fields, models

from odoo.fields import Domain

from .. import service_words
from .label_print_job import ACTIVE_STATUSES, FAILED_STATUSES

#: More than a person reads at the bell; the rest is behind *See all*.
ITEMS_SHOWN = 20
#: A job that failed is told so long, unless its labels were asked for again.
FAILED_TOLD_HOURS = 24
TROUBLED_STATUSES = ("faulted", "silent", "offline")


class LabelPrintAttention(models.AbstractModel):
    """What needs a hand now, for the bell; and how far printing is set up, for empty lists."""

    _name = "label.print.attention"
    _description = "Label Print Attention"

    @api.model
    def get_items(self):
        """Return what the user may see and should look at, worst first.

        :return: ``{"count": n, "jobs": [...], "printers": [...], "services": [...]}``, at most
            ITEMS_SHOWN of each
        """
        jobs = self.env["label.print.job"]
        printers = self.env["printer.configuration"]
        if not jobs.has_access("read"):
            return {"count": 0, "jobs": [], "printers": [], "services": []}
        job_domain = self._job_domain()
        printer_domain = [
            "|",
            ("status", "in", TROUBLED_STATUSES),
            ("fault_code", "!=", False),
        ]
        troubled = printers.search(printer_domain, limit=ITEMS_SHOWN)
        waiting = jobs.search(job_domain, order="attention_since, finished_at desc, id", limit=ITEMS_SHOWN)
        silent = self._silent_services()
        return {
            "count": jobs.search_count(job_domain)
            + printers.search_count(printer_domain)
            + len(silent),
            "services": [self._prepare_service_item(agent) for agent in silent],
            "jobs": [self._prepare_job_item(job) for job in waiting],
            "printers": [self._prepare_printer_item(printer) for printer in troubled],
        }

    @api.model
    def _silent_services(self):
        """Return the instances that ought to be there and are not, for who can see to them."""
        agents = self.env["label.print.agent"]
        if not self.env.user.has_group("label_print.group_supervisor"):
            return agents
        heard = [("last_heartbeat_at", "!=", False), ("is_stopped", "=", False)]
        return agents.search(heard).filtered(lambda agent: agent.status == "silent")

    @api.model
    def _job_domain(self):
        """Jobs that ask for a person, and those that failed of late.

        What a job's printer asks for is told with the printer. Supervisors see what failed of
        everybody's, others of what they asked for.
        """
        calling = Domain(
            [
                ("attention_code", "!=", False),
                "|",
                ("status", "not in", ACTIVE_STATUSES),
                "|",
                ("printer_id.fault_code", "=", False),
                ("unconfirmed", "!=", False),
            ]
        )
        since = fields.Datetime.now() - timedelta(hours=FAILED_TOLD_HOURS)
        failed = Domain(
            [
                ("status", "in", FAILED_STATUSES),
                ("finished_at", ">=", since),
                ("reprint_ids", "=", False),
            ]
        )
        if not self.env.user.has_group("label_print.group_supervisor"):
            failed &= Domain("submitted_by", "=", self.env.uid)
        return calling | failed

    def _prepare_job_item(self, job):
        since = job.attention_since or job.finished_at
        return {
            "id": job.id,
            "name": job._subject_name(),
            "progress": job.progress_display,
            "message": service_words.in_words(self.env, job.attention or job.error_message),
            "action": service_words.in_words(self.env, job.attention_action or job.error_action),
            "is_failed": job.status in FAILED_STATUSES and not job.attention_code,
            "since": since and since.isoformat(" ") or "",
        }

    def _prepare_printer_item(self, printer):
        statuses = dict(printer._fields["status"]._description_selection(self.env))
        return {
            "id": printer.id,
            "name": printer.name,
            "message": service_words.in_words(self.env, printer.fault_message)
            or statuses[printer.status],
            "action": service_words.in_words(self.env, printer.fault_action),
            "since": printer.fault_since and printer.fault_since.isoformat(" ") or "",
        }

    def _prepare_service_item(self, agent):
        return {
            "id": agent.id,
            "name": agent.name,
            "message": self.env._("The print service gives no sign of life."),
            "action": self.env._("Look whether its machine is on and platen runs there."),
            "since": agent.last_heartbeat_at.isoformat(" "),
        }

    @api.model
    def get_onboarding(self):
        """Return how far printing is set up, and what the user may do about it."""
        jobs = self.env["label.print.job"]
        jobs.check_access("read")
        # sudo: whether there is an address is no secret, only its value is
        parameters = self.env["ir.config_parameter"].sudo()
        printers = self.env["printer.configuration"].search([], limit=1)
        return {
            "is_connected": bool(parameters.get_param("label_print.api_url") or printers),
            "has_printer": bool(printers),
            "has_job": bool(jobs.search_count([("job_type", "!=", "test")], limit=1)),
            "printer_id": printers.id,
            "may_connect": self.env.user.has_group("base.group_system"),
            "may_test": self.env.user.has_group("label_print.group_user"),
        }
