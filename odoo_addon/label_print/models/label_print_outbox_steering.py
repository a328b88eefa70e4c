import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from .. import platen_client
from .label_print_job import LOST_CODE

_logger = logging.getLogger(__name__)

#: A request in flight is over by then, whatever became of it.
IN_FLIGHT_SECONDS = 60


class LabelPrintOutbox(models.AbstractModel):
    """Hands the buttons' wishes to the service."""

    # One file for each responsibility.
    _inherit = "label.print.outbox"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _steer(self, job, verb, **wish):
        """Steer a job of the service, for the user who pressed the button.

        :param verb: ``cancel``, ``pause``, ``resume``, ``retry`` or ``resolve``; ``wish`` is what
            it needs more
        :raises odoo.exceptions.UserError: with the service's own words
        """
        link = platen_client.connection(self.env)
        # Before it is asked: the report that it happened may be here before the answer.
        is_told = verb in ("cancel", "retry")
        if is_told:
            self._note_steering(job, self.env.user)
        try:
            answer = getattr(platen_client, verb)(link, job.uuid, **wish)
        except platen_client.PlatenError as error:
            if is_told:
                self._note_steering(job, self.env["res.users"])
            self._take_steering_error(job, verb, error)
            return
        # Apart from the user's transaction, which would be run again, request and all,
        # when a report of the service comes in between.
        job_id = job.id
        self._in_own_transaction(lambda outbox: outbox._record_steering(job_id, answer))
        job.invalidate_recordset()

    def _take_steering_error(self, job, verb, error):
        """Say what was in the way; a job that the service does not have needs no cancelling."""
        is_lost = not job.service_job_id or job.attention_code == LOST_CODE
        if verb != "cancel" or error.code != "not_found" or not is_lost:
            raise UserError(error.for_people(self.env)) from error
        self._cancel_lost(job)

    def _note_steering(self, job, user):
        """Note who asked, apart from the user's transaction: see above."""
        self._in_own_transaction(
            # sudo: the right was checked before the request
            lambda outbox: job.with_env(outbox.env).sudo().write({"steered_by_id": user.id})
        )

    # ------------------------------------------------------------------
    # Jobs of orders that are no longer made
    # ------------------------------------------------------------------

    @api.model
    def _orphans(self):
        """Return the jobs the service has for orders that were cancelled or merged.

        Nothing is written for it when an order is cancelled: a report on its job would
        meet that write, and the person would wait until Odoo has tried again.
        """
        # sudo: the outbox serves everybody's jobs
        return self.env["label.print.job"].sudo().search(
            [
                ("status", "in", ("queued", "printing")),
                ("service_job_id", "!=", False),
                ("mo_id.state", "=", "cancel"),
                # Asked for with eyes open, of an order that was made.
                ("job_type", "not in", ("report", "reprint")),
            ]
        )

    @api.model
    def _cancel_orphans(self, link):
        """Cancel at the service what it has of orders that are no longer made."""
        # sudo: the outbox knows everybody's wishes
        wishes = self.env["label.print.wish"].sudo().search([("verb", "=", "cancel")])
        asked = set(wishes.mapped("job_uuid"))
        for job in self._orphans():
            job_id, uuid = job.id, job.uuid
            if uuid in asked:
                continue
            try:
                answer = platen_client.cancel(link, uuid)
            except platen_client.PlatenRefused as refusal:
                # It has ended, or is not known there: the report or a person says the last word.
                _logger.info("Print job %s of a cancelled order goes on: %s", uuid, refusal)
                continue
            except platen_client.PlatenError as error:
                _logger.warning("Jobs of cancelled orders are cancelled later: %s", error)
                return
            self._in_own_transaction(
                lambda outbox, job_id=job_id, answer=answer: outbox._record_steering(job_id, answer)
            )

    def _record_steering(self, job_id, answer):
        # sudo: the right was checked before the request
        job = self.env["label.print.job"].sudo().browse(job_id)
        self.env["label.print.report"]._apply_answer(job, answer)

    @api.model
    def _steer_printer(self, printer, verb):
        """Pause or resume a printer, for the user who pressed the button.

        :raises odoo.exceptions.UserError: with the service's own words
        """
        try:
            answer = platen_client.steer_printer(
                platen_client.connection(self.env), printer.name, verb
            )
        except platen_client.PlatenError as error:
            raise UserError(error.for_people(self.env)) from error
        # sudo: the right was checked before the request; see also _steer
        self._in_own_transaction(
            lambda outbox: outbox.env["printer.configuration"].sudo()._take_report(answer)
        )
        printer.invalidate_recordset()

    def _cancel_lost(self, job):
        """Cancel a job which was sent, but which the service does not have."""
        in_flight_since = fields.Datetime.now() - timedelta(seconds=IN_FLIGHT_SECONDS)
        if job.sent_at and job.sent_at > in_flight_since:
            raise UserError(
                self.env._("The job is being handed over at this moment. Try again in a minute.")
            )
        # sudo: the right was checked before the request
        job.sudo()._end("cancelled", message=self.env._("The print service does not have it."))
