from odoo import fields, models

from .label_print_job import ENDED_STATUSES


class LabelPrintJob(models.Model):
    """What becomes of a job by somebody else's doing is told to those whose job it is."""

    # One file for each responsibility.
    _inherit = "label.print.job"  # pylint: disable=consider-merging-classes-inherited

    steered_by_id = fields.Many2one(
        "res.users",
        readonly=True,
        copy=False,
        help="Who asked to cancel or retry it, until that has happened.",
    )

    def _tell_change(self, status_before, attention_before, printer_before):
        """Tell people, by one toast, what a report changed of the job.

        The worst or the last is told: a job that ended is not said to go on as well.
        """
        self.ensure_one()
        by = self.steered_by_id
        was_ended, is_ended = status_before in ENDED_STATUSES, self.status in ENDED_STATUSES
        if is_ended and not was_ended:
            self._tell_end(by)
        elif was_ended and not is_ended:
            self._tell_people("_prepare_retried_notification", but=by, by=by)
        elif self.attention_code and self.attention_code != attention_before:
            self._tell_people("_prepare_attention_notification")
        elif printer_before and self.printer_id != printer_before:
            self._tell_people("_prepare_moved_notification", before=printer_before)
        elif attention_before and not self.attention_code and not is_ended:
            self._tell_people("_prepare_goes_on_notification")
        if by and was_ended != is_ended:
            # It has happened; what comes next is somebody else's doing.
            self.steered_by_id = False

    def _tell_end(self, by=None):
        """Tell people how the job ended; who ended it knows, but not after how many labels.

        :param by: who asked for it
        """
        self.ensure_one()
        if self.status == "cancelled" and by:
            self._tell_people("_prepare_result_notification", but=by, by=by)
            if by in self._people():
                self._send_toast(
                    by, self.with_context(lang=by.lang)._prepare_result_notification()
                )
        else:
            self._tell_people("_prepare_result_notification")
        if self.status != "completed":
            words = [self.progress_display, self.error_message, self.error_action]
            self._message_log(body=" – ".join(word for word in words if word))

    def _prepare_retried_notification(self, by=None):
        """Return the toast that says that what is missing is printed after all."""
        self.ensure_one()
        values = {
            "order": self._subject_name(),
            "missing": self.quantity - self.current_label,
            "person": by.name if by else self.env._("Somebody at the print service"),
        }
        return {
            "type": "info",
            "title": self.env._("Printed after all"),
            "message": self.env._(
                "%(person)s had the missing labels of %(order)s printed: %(missing)s to come.",
                **values,
            ),
            "sticky": False,
            "job_id": self.id,
        }

    def _prepare_reprint_notification(self, reprint, by=None):
        """Return the toast that says that labels of the job come out once more."""
        self.ensure_one()
        return {
            "type": "info",
            "title": self.env._("Labels once more"),
            "message": self.env._(
                "%(person)s reprints labels %(labels)s of %(order)s: %(reason)s",
                person=by.name if by else self.env._("Somebody at the print service"),
                labels=reprint.reprint_labels,
                order=self._subject_name(),
                reason=reprint.reprint_reason or "–",
            ),
            "sticky": False,
            "job_id": reprint.id,
        }

    def _prepare_moved_notification(self, before):
        """Return the toast that says where the rest of the labels comes out."""
        self.ensure_one()
        if self.current_label:
            title = self.env._("Another printer goes on")
            message = self.env._(
                "%(order)s: the labels after %(printed)s come out of %(printer)s.",
                order=self._subject_name(),
                printed=self.progress_display,
                printer=self.printer_id.name,
            )
        else:
            title = self.env._("Another printer")
            message = self.env._(
                "%(order)s: the labels come out of %(printer)s, not of %(before)s.",
                order=self._subject_name(),
                printer=self.printer_id.name,
                before=before.name,
            )
        return {
            "type": "info",
            "title": title,
            "message": message,
            "sticky": False,
            "job_id": self.id,
        }

    def _prepare_goes_on_notification(self):
        """Return the toast that says that nobody is needed any more."""
        self.ensure_one()
        where = self.printer_id.name or self.env._("The print job")
        return {
            "type": "success",
            "title": self.env._("%(what)s goes on", what=where),
            "message": self.env._(
                "%(order)s: %(printed)s labels printed, the rest follows.",
                order=self._subject_name(),
                printed=self.progress_display,
            ),
            "sticky": False,
            "job_id": self.id,
        }
