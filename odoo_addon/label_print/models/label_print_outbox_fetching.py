import json
from datetime import timedelta

from odoo import api, fields, models

from .label_print_outbox import BATCH_JOBS

#: A job handed out and not reported on by then is handed out again.
LEASE_SECONDS = 30
#: Characters of bodies in one answer; the service reads no longer one.
MAX_BODIES_LENGTH = 6 * 1024 * 1024


class LabelPrintOutbox(models.AbstractModel):
    """Hands jobs and wishes to a service that fetches them, for an Odoo with no way to it."""

    # One file for each responsibility.
    _inherit = "label.print.outbox"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _hand_out(self, agent, limit):
        """Return what waits for the service, each under a lease of ``lease_seconds``.

        The report on a job ends its lease. A lease that ran out is handed out again: the
        service takes each uuid once.

        :param str agent: the name of the fetching instance
        :param int limit: jobs at most
        """
        answer = {
            "lease_seconds": LEASE_SECONDS,
            "is_expected": self._is_fetched(),
            "jobs": [],
            "wishes": [],
            "asked": [],
            "has_more": False,
        }
        if not answer["is_expected"]:
            return answer
        self.env["label.print.agent"]._saw(agent)
        limit = max(0, min(int(limit), BATCH_JOBS))
        again_before = fields.Datetime.now() - timedelta(seconds=LEASE_SECONDS)
        claimed, bodies = self._claim(again_before, limit) if limit else (0, {})
        answer["jobs"] = self._prepare_handed_out(bodies)
        answer["has_more"] = bool(limit) and claimed == limit
        answer["wishes"] = self.env["label.print.wish"]._hand_out(again_before)
        answer["asked"] = self._silent_jobs().mapped("uuid")
        return answer

    def _prepare_handed_out(self, bodies):
        """Return the bodies as text, as many as one answer may hold; the others wait."""
        handed_out, length, unsent = [], 0, []
        # sudo: the outbox serves everybody's jobs
        jobs = self.env["label.print.job"].sudo()
        for job_id, body in bodies.items():
            text = json.dumps(body, separators=(",", ":"))
            if len(text) > MAX_BODIES_LENGTH:
                jobs.browse(job_id)._end(
                    "failed",
                    code="payload_too_large",
                    message=self.env._("The job is too large to be fetched in one piece."),
                    action=self.env._("Print the labels in several jobs."),
                )
                continue
            length += len(text)
            if length > MAX_BODIES_LENGTH:
                unsent.append(job_id)
                continue
            handed_out.append({"uuid": body["uuid"], "body": text})
        self._release(unsent)
        return handed_out
