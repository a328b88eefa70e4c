import logging

from odoo import api, models

_logger = logging.getLogger(__name__)


class LabelPrintReport(models.AbstractModel):
    """Takes in what became of that which the service fetched."""

    # One file for each responsibility.
    _inherit = "label.print.report"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _take_others(self, reports):
        """Apply what is neither a job nor a printer; what is not known is passed over."""
        for report in reports:
            kind = report.get("kind")
            if kind == "refusal":
                self._take_refusal(report)
            elif kind == "wish":
                self.env["label.print.wish"]._settle(report)
            elif kind == "asked":
                self._take_asked(report)
            elif kind == "templates":
                self.env["label.print.template"]._take_list(report.get("templates") or [])
            elif kind == "instances":
                self.env["label.print.agent"]._take_list(report.get("instances") or [])
            elif kind not in ("job", "printer"):
                _logger.info("A report of kind %s is not understood", kind)

    def _take_refusal(self, report):
        """End a fetched job that the service did not take, or tell why it has to wait."""
        # sudo: the service has no right on any table, only this road in
        job = self.env["label.print.job"].sudo().search([("uuid", "=", str(report.get("uuid")))])
        if not job or job.service_job_id or job.status != "sent":
            # It was taken after all, or a person was faster.
            return
        values = {
            "code": report.get("code") or "refused",
            "message": report.get("message") or "",
            "action": report.get("action") or "",
        }
        if report.get("is_final"):
            job._end("failed", **values)
            return
        # The lease runs out by itself, and the job is handed out again.
        job.with_context(tracking_disable=True).write(
            {f"error_{name}": value for name, value in values.items()}
        )
        job._tell_viewers()

    def _take_asked(self, report):
        """Note that the service answered; what it told of the jobs is in their own reports."""
        uuids = [uuid for uuid in report.get("uuids") or () if isinstance(uuid, str)]
        unknown = set(report.get("unknown") or ())
        # sudo: the service has no right on any table, only this road in
        jobs = self.env["label.print.job"].sudo().search([("uuid", "in", uuids)])
        self.env["label.print.outbox"]._note_answers(
            jobs, {job.id for job in jobs if job.uuid in unknown}
        )
