from uuid import UUID

from odoo import api, models

from .label_print_job import SERVICE_STATUSES


class LabelPrintReport(models.AbstractModel):
    """Takes in labels of ours that were printed once more by somebody at the service itself."""

    # One file for each responsibility.
    _inherit = "label.print.report"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _adopt(self, report):
        """Return a new job for a report on a reprint which was not asked for here.

        Nothing for any other job of the service: what Odoo knows nothing of is not its own.
        """
        # sudo: the service has no right on any table, only this road in
        jobs = self.env["label.print.job"].sudo()
        original = report.get("reprint_of")
        if not original or report.get("status") not in SERVICE_STATUSES:
            return jobs
        original = jobs.search([("uuid", "=", str(original))])
        try:
            uuid = str(UUID(str(report.get("uuid"))))
        except ValueError:
            return jobs
        if not original:
            return jobs
        silent = jobs.with_context(
            mail_create_nosubscribe=True, mail_create_nolog=True, tracking_disable=True
        )
        reprint = silent.create(self._prepare_adopted(original, uuid, report))
        original._tell_people("_prepare_reprint_notification", reprint=reprint)
        return reprint

    @api.model
    def _prepare_adopted(self, original, uuid, report):
        return {
            "uuid": uuid,
            "status": "sent",
            "job_type": "reprint",
            "mo_id": original.mo_id.id,
            "product_id": original.product_id.id,
            "subject": original.subject,
            "company_id": original.company_id.id,
            "template": original.template,
            "printer_id": original.printer_id.id,
            # Nobody here: no toast is due.
            "submitted_by": False,
            "reprint_of_id": original.id,
            "reprint_labels": str(report.get("reprint_labels") or ""),
            "reprint_reason": str(report.get("reprint_reason") or ""),
        }
