from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from .label_print_job import ENDED_STATUSES, HELD_CODES, RETRYABLE_STATUSES


#: Who may press what; the server refuses everybody else.
STEERING_GROUPS = {
    "retry": "label_print.group_supervisor",
    "cancel": "label_print.group_supervisor",
    "pause": "label_print.group_supervisor",
    "resume": "label_print.group_supervisor",
    "reprint": "label_print.group_reprint",
    "resolve": "label_print.group_supervisor",
}


class LabelPrintJob(models.Model):
    """The buttons of a job."""

    # One file for each responsibility.
    _inherit = "label.print.job"  # pylint: disable=consider-merging-classes-inherited

    is_held = fields.Boolean(
        compute="_compute_is_held", help="It was stopped with a question and waits for *Resume*."
    )

    @api.depends("attention_code", "status")
    def _compute_is_held(self):
        for job in self:
            job.is_held = job.attention_code in HELD_CODES and job.status not in ENDED_STATUSES

    def action_pause(self):
        """Begin no more labels of these jobs; what is in the printer still comes out."""
        return self._steer_running("pause", self.env._("Paused."))

    def action_resume(self):
        """Let these jobs go on: after a pause, or as the answer to what stopped them."""
        return self._steer_running("resume", self.env._("Resumed."))

    def _steer_running(self, verb, note):
        self._check_may_steer(verb)
        if any(job.status in ENDED_STATUSES or not job.service_job_id for job in self):
            raise UserError(
                self.env._("Only jobs which the print service has at work can be paused or resumed.")
            )
        for job in self:
            self.env["label.print.outbox"]._steer(job, verb)
        self._log_by_user(note)
        return True

    def action_retry(self):
        """Print what is missing; labels that are printed are not printed again."""
        self._check_may_steer("retry")
        if any(job.status not in RETRYABLE_STATUSES for job in self):
            raise UserError(
                self.env._("Only jobs that failed or were cancelled can be printed again.")
            )
        never_accepted = self.filtered(lambda job: not job.service_job_id)
        if never_accepted:
            # sudo: the right was checked above; nobody has it on the table
            never_accepted.sudo()._requeue()
            never_accepted.sudo()._tell_people(
                "_prepare_retried_notification", but=self.env.user, by=self.env.user
            )
        for job in self - never_accepted:
            self.env["label.print.outbox"]._steer(job, "retry")
        self._log_by_user(self.env._("Retry asked for."))
        return True

    def action_cancel(self):
        """Withdraw jobs; those which were never sent are only marked."""
        self._check_may_steer("cancel")
        if any(job.status in ENDED_STATUSES for job in self):
            raise UserError(self.env._("Only jobs that have not ended can be cancelled."))
        # sudo: the right was checked above; nobody has it on the table
        withdrawn = self.sudo()._withdraw(self.env._("Withdrawn before it was sent."))
        for job in withdrawn:
            job._tell_people("_prepare_result_notification", but=self.env.user, by=self.env.user)
        for job in self - withdrawn.sudo(False):
            self.env["label.print.outbox"]._steer(job, "cancel")
        self._log_by_user(self.env._("Cancellation asked for."))
        return True

    def action_open_order(self):
        """Open the manufacturing order of the job."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "res_model": "mrp.production",
            "res_id": self.mo_id.id,
            "views": [(False, "form")],
        }

    def action_reprint(self):
        """Ask which labels are wanted once more, and why."""
        self._check_may_steer("reprint")
        self.ensure_one()
        if not self.current_label and not self.unconfirmed:
            raise UserError(
                self.env._("No label of this job is printed yet, so none can be reprinted.")
            )
        return self._open_wizard("label.print.reprint", self.env._("Reprint labels"))

    def action_resolve(self):
        """Ask which of the unconfirmed labels are there."""
        self._check_may_steer("resolve")
        self.ensure_one()
        if not self.unconfirmed:
            raise UserError(self.env._("No label of this job is unconfirmed any more."))
        return self._open_wizard("label.print.resolve", self.env._("Unconfirmed labels"))

    def _open_wizard(self, model, title):
        return {
            "type": "ir.actions.act_window",
            "name": title,
            "res_model": model,
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_job_id": self.id},
        }

    def _check_may_steer(self, wish):
        """Refuse who may not; ``wish`` is a key of :data:`STEERING_GROUPS`."""
        self.check_access("read")
        if self.env.user.has_group(STEERING_GROUPS[wish]):
            return
        if wish == "reprint":
            raise AccessError(self.env._("You need the right to print labels once more."))
        raise AccessError(
            self.env._(
                "Only a label printing supervisor may cancel, retry, pause, resume or settle labels."
            )
        )

    def _log_by_user(self, text):
        # sudo: readers may post, but the note is ours
        for job in self.sudo():
            job._message_log(body=text, author_id=self.env.user.partner_id.id)
