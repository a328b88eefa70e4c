import logging
from datetime import UTC, datetime

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..label_ranges import write_ranges
from .label_print_job import ENDED_STATUSES, SERVICE_STATUSES, TRANSITIONS

_logger = logging.getLogger(__name__)

MAX_REPORTS = 200
MAX_INTEGER = 2**31 - 1


class LabelPrintReport(models.AbstractModel):
    """Takes in the service's word about jobs and printers, from whichever way it came.

    Reports, answers to requests and polled statuses say the same things in the same
    words; here they meet the rule that an older revision changes nothing.
    """

    _name = "label.print.report"
    _description = "Label Print Report"

    @api.model
    def _take(self, reports):
        """Apply a list of reports in one transaction, with one burst on the bus."""
        if not isinstance(reports, list) or len(reports) > MAX_REPORTS:
            raise ValidationError(
                self.env._("A report is a list of at most %(count)s.", count=MAX_REPORTS)
            )
        answer = {"jobs": {}, "printers": {}, "unknown": []}
        reports = [report for report in reports if isinstance(report, dict)]
        self._take_printers(
            [report for report in reports if report.get("kind") == "printer"], answer
        )
        self._take_jobs([report for report in reports if report.get("kind") == "job"], answer)
        self._take_others(reports)
        return answer

    def _take_printers(self, reports, answer):
        # sudo: the service has no right on any table, only this road in
        printers = self.env["printer.configuration"].sudo()
        for report in reports:
            name = report.get("name")
            if name and isinstance(name, str):
                answer["printers"][name] = printers._take_report(report).revision

    def _take_jobs(self, reports, answer):
        uuids = [str(report.get("uuid")) for report in reports]
        # sudo: the service has no right on any table, only this road in
        jobs = self.env["label.print.job"].sudo().search([("uuid", "in", uuids)])
        by_uuid = {job.uuid: job for job in jobs}
        for uuid, report in zip(uuids, reports, strict=True):
            job = by_uuid.get(uuid) or self._adopt(report)
            if not job or report.get("status") not in SERVICE_STATUSES:
                if job:
                    _logger.warning("Report on job %s with unknown status is ignored", uuid)
                answer["unknown"].append(uuid)
                continue
            self._apply(job, report)
            answer["jobs"][uuid] = job.revision

    @api.model
    def _apply_answer(self, job, answer):
        """Apply the answer to a request; it may hold the job or be it."""
        if answer.get("deferred"):
            # Only kept for the service to fetch; its report tells what became of it.
            return
        status = answer.get("job") if isinstance(answer.get("job"), dict) else answer
        if status.get("status") not in SERVICE_STATUSES:
            if job.status != "sent":
                # The report that follows says what became of it.
                return
            status = {**status, "status": "queued"}
        self._apply(job, status)

    @api.model
    def _apply(self, job, report):
        """Bring a job to what the report says, unless it already heard something newer.

        :return: True when something changed
        """
        revision = _integer(report.get("revision"))
        if job.service_job_id and revision <= job.revision:
            return False
        status_before, attention_before = job.status, job.attention_code
        printer_before = job.printer_id
        values = self._prepare_values(job, report)
        if values["status"] not in {status_before, *TRANSITIONS[status_before]}:
            _logger.warning(
                "Job %s is %s; the report that it is %s is not followed",
                job.uuid,
                status_before,
                values["status"],
            )
            # Answered all the same, or the service would repeat it for ever.
            values = {"revision": revision, "reported_at": values["reported_at"]}
        job = job.with_context(tracking_disable=True)
        job.write(values)
        job._tell_viewers()
        job._tell_change(status_before, attention_before, printer_before)
        return True

    def _prepare_values(self, job, report):
        """Return the job's values in a report, an answer or a status."""
        status = report["status"]
        attention = report.get("attention") or {}
        told_at = moment(report.get("updated_at")) or fields.Datetime.now()
        values = {
            "revision": _integer(report.get("revision")),
            "service_job_id": str(
                report.get("service_job_id")
                or report.get("job_id")
                or report.get("id")
                or job.service_job_id
                or job.uuid
            ),
            "status": status,
            "quantity": _integer(report.get("quantity")) or job.quantity,
            "current_label": _integer(report.get("current_label")),
            "unconfirmed": write_ranges(report.get("unconfirmed") or []),
            "paused": bool(report.get("paused")) and status not in ENDED_STATUSES,
            "attention_code": attention.get("code") or False,
            "attention": attention.get("message") or attention.get("code") or False,
            "attention_action": attention.get("action") or False,
            "attention_since": moment(attention.get("since")),
            "error_code": report.get("error_code") or False,
            "error_message": report.get("error_message") or False,
            "error_action": report.get("error_action") or False,
            "eta_seconds": _integer(report.get("eta_seconds")),
            "reported_at": fields.Datetime.now(),
        }
        policies = dict(job._fields["unconfirmed_policy"].selection)
        if report.get("unconfirmed_policy") in policies:
            values["unconfirmed_policy"] = report["unconfirmed_policy"]
        printer_name = report.get("printer")
        if printer_name and printer_name != job.printer_id.name:
            # sudo: see _take_printers
            printers = self.env["printer.configuration"].sudo()
            values["printer_id"] = printers._by_name(printer_name).id
        if not job.started_at and (status == "printing" or values["current_label"]):
            values["started_at"] = told_at
        if status not in ENDED_STATUSES:
            values["finished_at"] = False
        elif job.status not in ENDED_STATUSES:
            values["finished_at"] = told_at
        return values


def _integer(value):
    return min(int(value), MAX_INTEGER) if isinstance(value, int | float) else 0


def moment(text):
    """Return the naive UTC time of an Odoo or RFC 3339 string, or False."""
    try:
        parsed = datetime.fromisoformat(text or "")
    except (TypeError, ValueError):
        return False
    if parsed.tzinfo:
        parsed = parsed.astimezone(UTC).replace(tzinfo=None)
    return parsed.replace(microsecond=0)
