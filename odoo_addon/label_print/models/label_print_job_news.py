import time

from odoo import api, fields, models

from .. import service_words
from .label_print_job import LOST_CODE


class LabelPrintJob(models.Model):
    """Who hears what of a job: open lists the figures, people the toasts."""

    # One file for each responsibility.
    _inherit = "label.print.job"  # pylint: disable=consider-merging-classes-inherited

    def _tell_viewers(self):
        """Send the live figures to whoever has a list of jobs open.

        Channels do not know companies: ids and counters only, views read the rest
        under their own rights.
        """
        # sudo: the service and plain users may not read groups
        viewers = self.env.ref("label_print.group_user").sudo()
        for job in self:
            viewers._bus_send("label_print_job", job._prepare_live_values(), subchannel="JOBS")

    def _prepare_live_values(self):
        self.ensure_one()
        return {
            "id": self.id,
            "order_id": self.mo_id.id,
            "printer_id": self.printer_id.id,
            "revision": self.revision,
            "status": self.status,
            "paused": self.paused,
            "quantity": self.quantity,
            "current_label": self.current_label,
            "progress_percent": self.progress_percent,
            "progress_display": self.progress_display,
            "attention": self.attention or "",
            "attention_action": self.attention_action or "",
            "eta_seconds": self.eta_seconds,
            "reported_at": fields.Datetime.to_string(self.reported_at),
        }

    def _tell_people(self, prepare, but=None, **words):
        """Send a toast to the submitter and the followers, each in their language.

        :param prepare: name of the method that returns the toast of one job
        :param but: who need not be told, because it was their own doing
        :param words: what the method takes
        """
        for job in self:
            for user in job._people() - (but or self.env["res.users"]):
                job._send_toast(user, getattr(job.with_context(lang=user.lang), prepare)(**words))

    def _people(self):
        """Return who asked for the jobs and who follows them."""
        users = self.submitted_by | self.message_partner_ids.user_ids
        return users.filtered(lambda user: user.active and not user.share)

    @api.model
    def _send_toast(self, user, toast):
        """Send a toast with its time: the bus tells a new browser what it told before."""
        user._bus_send("label_print_notification", {**toast, "sent_at": int(time.time())})

    def _prepare_result_notification(self, by=None):
        """Return the one toast that tells how the job ended.

        :param by: who ended it, where it was somebody else
        """
        self.ensure_one()
        order = self._subject_name()
        values = {"order": order, "printed": self.current_label, "quantity": self.quantity}
        toast = {"type": "danger", "sticky": True, "job_id": self.id}
        advice = service_words.advice(self.env, self.error_message, self.error_action)
        if self.status == "completed":
            toast.update(type="success", sticky=False, title=self.env._("Labels ready"))
            if self.quantity == 1:
                toast["message"] = self.env._("1 label printed for %(order)s.", **values)
            else:
                toast["message"] = self.env._(
                    "%(quantity)s labels printed for %(order)s.", **values
                )
        elif self.status == "cancelled":
            toast.update(type="info", sticky=False, title=self.env._("Printing cancelled"))
            if by:
                toast["message"] = self.env._(
                    "%(person)s stopped %(order)s after %(printed)s of %(quantity)s labels.",
                    **values,
                    person=by.name,
                )
            else:
                toast["message"] = self.env._(
                    "%(order)s: stopped after %(printed)s of %(quantity)s labels.", **values
                )
        elif self.status == "completed_with_errors":
            toast["title"] = self.env._("Labels missing")
            toast["message"] = self.env._(
                "%(order)s: %(printed)s of %(quantity)s labels printed. %(advice)s",
                **values,
                advice=advice,
            ).strip()
        else:
            toast["title"] = self.env._("Labels not printed")
            toast["message"] = self.env._(
                "%(order)s: %(printed)s of %(quantity)s labels printed. %(advice)s",
                **values,
                advice=advice,
            ).strip()
        return toast

    def _prepare_attention_notification(self):
        """Return the toast that calls a person to the printer."""
        self.ensure_one()
        where = self.printer_id.name
        if not where or self.attention_code == LOST_CODE:
            where = self.env._("A print job")
        advice = service_words.advice(self.env, self.attention, self.attention_action)
        return {
            "type": "warning",
            "title": self.env._("%(what)s needs a hand", what=where),
            "message": self.env._(
                "%(order)s, %(progress)s labels: %(advice)s",
                order=self._subject_name(),
                progress=self.progress_display,
                advice=advice,
            ),
            "sticky": True,
            "job_id": self.id,
        }
