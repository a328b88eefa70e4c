from odoo import models
from odoo.exceptions import AccessError, UserError

from .label_print_job import ENDED_STATUSES, RETRYABLE_STATUSES


class LabelPrintJob(models.Model):
    """The buttons of a job."""

    # One file for each responsibility.
    _inherit = "label.print.job"  # pylint: disable=consider-merging-classes-inherited

    def action_retry(self):
        """Print what is missing; labels that are printed are not printed again."""
        self._check_may_steer()
        if any(job.status not in RETRYABLE_STATUSES for job in self):
            raise UserError(
                self.env._("Only jobs that failed or were cancelled can be printed again.")
            )
        never_accepted = self.filtered(lambda job: not job.service_job_id)
        if never_accepted:
            # sudo: the right was checked above; nobody has it on the table
            never_accepted.sudo()._requeue()
        for job in self - never_accepted:
            self.env["label.print.outbox"]._steer(job, "retry")
        self._log_by_user(self.env._("Retry asked for."))
        return True

    def action_cancel(self):
        """Withdraw jobs; those which were never sent are only marked."""
        self._check_may_steer()
        if any(job.status in ENDED_STATUSES for job in self):
            raise UserError(self.env._("Only jobs that have not ended can be cancelled."))
        # sudo: the right was checked above; nobody has it on the table
        withdrawn = self.sudo()._withdraw(self.env._("Withdrawn before it was sent."))
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

    def _check_may_steer(self):
        self.check_access("read")
        if not self.env.user.has_group("label_print.group_supervisor"):
            raise AccessError(
                self.env._("Only a label printing supervisor may cancel or retry print jobs.")
            )

    def _log_by_user(self, text):
        # sudo: readers may post, but the note is ours
        for job in self.sudo():
            job._message_log(body=text, author_id=self.env.user.partner_id.id)
