import logging
from datetime import timedelta

from odoo import api, fields, models

from .. import platen_client
from .label_print_job import ENDED_STATUSES, LOST_CODE

_logger = logging.getLogger(__name__)

POLL_JOBS = 200
POLL_AFTER_SECONDS = 120


class LabelPrintOutbox(models.AbstractModel):
    """Asks the service about jobs it is silent on."""

    # One file for each responsibility.
    _inherit = "label.print.outbox"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _cron_poll(self):
        """Ask about jobs which nobody reported on for a while."""
        # A service that fetches is asked when it does so.
        jobs = self.browse() if self._is_fetched() else self._silent_jobs()
        if not jobs:
            return
        ids, uuids = jobs.ids, jobs.mapped("uuid")
        # The request must not be made inside the snapshot in which the answer is written.
        self.env["ir.cron"]._commit_progress(0)
        try:
            found = platen_client.statuses(platen_client.connection(self.env), uuids)
        except platen_client.PlatenError as error:
            _logger.warning("The status of %d print jobs could not be asked: %s", len(ids), error)
            return
        self._in_own_transaction(lambda outbox: outbox._record_statuses(ids, found))

    @api.model
    def _silent_jobs(self):
        """Return jobs of the service nobody reported on for a while, longest silence first."""
        silent_since = fields.Datetime.now() - timedelta(seconds=POLL_AFTER_SECONDS)
        # sudo: the outbox serves everybody's jobs
        return self.env["label.print.job"].sudo().search(
            [
                ("status", "in", ("sent", "queued", "printing")),
                ("service_job_id", "!=", False),
                "|",
                ("reported_at", "=", False),
                ("reported_at", "<", silent_since),
            ],
            order="reported_at NULLS FIRST, id",
            limit=POLL_JOBS,
        )

    def _record_statuses(self, job_ids, found):
        # sudo: the outbox serves everybody's jobs
        jobs = self.env["label.print.job"].sudo().browse(job_ids).exists()
        for job in jobs:
            if job.uuid in found:
                self.env["label.print.report"]._apply(job, found[job.uuid])
        self._note_answers(jobs, {job.id for job in jobs if job.uuid not in found})

    def _note_answers(self, jobs, lost_ids):
        """Note that the service answered about jobs; of those it does not know, call a person."""
        for job in jobs:
            if job.id not in lost_ids:
                continue
            if job.status not in ENDED_STATUSES and not job.attention_code:
                job.write(
                    {
                        "attention_code": LOST_CODE,
                        "attention": self.env._("The print service does not know this job."),
                        "attention_action": self.env._(
                            "Look which labels are on the table, cancel the job "
                            "and print what is missing from the order."
                        ),
                        "attention_since": fields.Datetime.now(),
                    }
                )
                job._tell_people("_prepare_attention_notification")
        jobs.write({"reported_at": fields.Datetime.now()})
        # Even if nothing changed: that there was an answer is news.
        jobs._tell_viewers()
