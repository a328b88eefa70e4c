import logging
import random
import time
from datetime import timedelta

from psycopg2 import errors as sql_errors

from odoo import api, fields, models

from .. import platen_client

_logger = logging.getLogger(__name__)

#: Small enough that a job is not marked as sent long before its turn.
BATCH_JOBS = 10
#: Older requests ask before they print: nobody waits for yesterday's labels at the printer.
PENDING_EXPIRY_HOURS = 24
TRANSACTION_TRIES = 4
CONFLICTS = (
    sql_errors.SerializationFailure,
    sql_errors.DeadlockDetected,
    sql_errors.LockNotAvailable,
)


class LabelPrintOutbox(models.AbstractModel):
    """Hands committed jobs to the service, and asks about those it is silent on.

    No request is ever made while a row is locked: a job is marked ``sent`` and
    committed, the request is made, the answer is written in a transaction of its own.
    The service may therefore report on a job before its acceptance is written here.
    """

    _name = "label.print.outbox"
    _description = "Label Print Outbox"

    @api.model
    def _wake(self):
        """Run the sender as soon as this transaction is committed."""
        cron = self.env.ref("label_print.ir_cron_send", raise_if_not_found=False)
        if cron:
            # sudo: users may not write triggers
            cron.sudo()._trigger()

    # ------------------------------------------------------------------
    # Sending
    # ------------------------------------------------------------------

    @api.model
    def _cron_send(self):
        """Send what waits, oldest first; stop at the first sign that the way is closed.

        The cron runs one at a time, so whatever it finds as ``sent`` without an answer
        was left by a run that died or by a silence, and is sent again.
        """
        link = platen_client.connection(self.env)
        if self._is_fetched():
            self._cancel_orphans(link)
            return
        started = fields.Datetime.now()
        # From here on each count below sees what the other transactions have written.
        self.env["ir.cron"]._commit_progress(0)
        while True:
            claimed, bodies = self._in_own_transaction(lambda outbox: outbox._claim(started))
            if not claimed:
                break
            way_is_open = self._send_batch(link, bodies)
            remaining = self.env["label.print.job"].search_count([("status", "=", "pending")])
            time_left = self.env["ir.cron"]._commit_progress(
                claimed, remaining=remaining if way_is_open else 0
            )
            if not way_is_open or not time_left:
                return
        self._cancel_orphans(link)

    def _send_batch(self, link, bodies):
        """Send the bodies by job id; answer False when it is better to try later."""
        ids = list(bodies)
        for position, job_id in enumerate(ids):
            outcome = self._submit(link, bodies[job_id])
            self._in_own_transaction(
                lambda outbox, job_id=job_id, outcome=outcome: outbox._record(job_id, outcome)
            )
            if isinstance(outcome, Exception) and not isinstance(
                outcome, platen_client.PlatenRefused
            ):
                unsent = ids[position + 1 :]
                self._in_own_transaction(lambda outbox: outbox._release(unsent))
                return False
        return True

    @api.model
    def _submit(self, link, body):
        """Return the service's answer or the PlatenError, whichever came."""
        try:
            return platen_client.submit(link, body)
        except platen_client.PlatenRefused as refusal:
            if refusal.code != "uuid_conflict":
                return refusal
            # An earlier request arrived though its answer was lost, and the order changed since:
            # the job is there, and printing it a second time would be the mistake.
            try:
                return platen_client.statuses(link, [body["uuid"]]).get(body["uuid"], refusal)
            except platen_client.PlatenError as error:
                # Whatever it was: the job is there, so it must not fall back to pending.
                return platen_client.PlatenSilent(error.message, error.code, error.action)
        except platen_client.PlatenError as error:
            return error

    @api.model
    def _is_fetched(self):
        """Tell whether the service fetches its jobs, because Odoo has no way to it."""
        return platen_client.is_fetched(self.env)

    def _claim(self, started, limit=BATCH_JOBS):
        """Mark a batch as sent and return its number of jobs and the bodies by job id.

        :param started: jobs sent before and never answered are sent again
        """
        # sudo: the outbox serves everybody's jobs
        jobs = self.env["label.print.job"].sudo().search(
            [
                "|",
                ("status", "=", "pending"),
                "&",
                "&",
                ("status", "=", "sent"),
                ("service_job_id", "=", False),
                ("sent_at", "<", started),
            ],
            # A job that keeps failing lets the others pass.
            order="attempts, id",
            limit=limit,
        )
        jobs = jobs.try_lock_for_update(allow_referencing=True)
        jobs = jobs.with_context(tracking_disable=True)
        bodies = {}
        for job in jobs:
            body = self._prepare_body(job)
            if not body:
                continue
            job.write(
                {
                    "status": "sent",
                    "sent_at": fields.Datetime.now(),
                    "attempts": job.attempts + 1,
                    "quantity": job._count_body_labels(body) or job.quantity,
                }
            )
            bodies[job.id] = body
        jobs.browse(bodies)._tell_viewers()
        return len(jobs), bodies

    def _prepare_body(self, job):
        """Return the body, or end the job when there is nothing to send."""
        oldest = fields.Datetime.now() - timedelta(hours=PENDING_EXPIRY_HOURS)
        # A job that was sent once may be printing: only the service can stop it.
        if job.status == "pending" and job._is_orphaned():
            job._end("cancelled", message=self.env._("The manufacturing order was cancelled."))
            return None
        if job.status == "pending" and job.requested_at < oldest:
            job._end(
                "failed",
                code="job_expired",
                message=self.env._(
                    "The request waited longer than %(hours)s hours.", hours=PENDING_EXPIRY_HOURS
                ),
                action=self.env._("Press Retry if the labels are still wanted."),
            )
            return None
        try:
            return job._prepare_service_job()
        except platen_client.PlatenRefused as refusal:
            job._end(
                "failed", code=refusal.code, message=refusal.message, action=refusal.action
            )
        except CONFLICTS:
            raise
        except Exception:
            # One order with broken data must not hold up the labels of all others.
            _logger.exception("Print job %s cannot be put together", job.uuid)
            job._end(
                "failed",
                code="invalid_field",
                message=self.env._("The values of the labels could not be read."),
                action=self.env._("Correct the order and its product, then press Retry."),
            )
        return None

    def _record(self, job_id, outcome):
        """Write what became of one request."""
        # sudo: the outbox serves everybody's jobs
        job = self.env["label.print.job"].sudo().browse(job_id).exists()
        if not job:
            return
        if not isinstance(outcome, Exception):
            self.env["label.print.report"]._apply_answer(job, outcome)
            return
        if job.service_job_id or job.status != "sent":
            # The service reported on it meanwhile, so it has it.
            return
        if isinstance(outcome, platen_client.PlatenRefused):
            job._end(
                "failed", code=outcome.code, message=outcome.message, action=outcome.action
            )
            return
        silent = isinstance(outcome, platen_client.PlatenSilent)
        job.with_context(tracking_disable=True).write(
            {
                "status": "sent" if silent else "pending",
                "error_code": outcome.code,
                "error_message": outcome.message,
                "error_action": outcome.action,
            }
        )
        job._tell_viewers()

    def _release(self, job_ids):
        """Put back jobs which were claimed but not sent."""
        # sudo: the outbox serves everybody's jobs
        jobs = self.env["label.print.job"].sudo().browse(job_ids).exists()
        for job in jobs.filtered(lambda job: job.status == "sent" and not job.service_job_id):
            job.write({"status": "pending", "attempts": job.attempts - 1})
            job._tell_viewers()

    # ------------------------------------------------------------------

    def _in_own_transaction(self, work):
        """Run ``work(outbox)`` in a transaction of its own, again when it met another one."""
        for attempt in range(1, TRANSACTION_TRIES + 1):
            try:
                with self.env.registry.cursor() as cursor:
                    return work(self.with_env(self.env(cr=cursor)))
            except CONFLICTS:
                if attempt == TRANSACTION_TRIES:
                    raise
                time.sleep(random.uniform(0.02, 0.1) * attempt)
