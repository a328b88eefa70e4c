import re

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..zpl_values import escaped
from .ir_qweb import CONTEXT_KEY

FORMAT = re.compile(r"\^XA.*?\^XZ", re.DOTALL)


class LabelPrintJob(models.Model):
    """Labels that Odoo itself has drawn: a report in ZPL."""

    # One file for each responsibility.
    _inherit = "label.print.job"  # pylint: disable=consider-merging-classes-inherited

    subject = fields.Char(readonly=True, help="What is printed, where it is no order.")
    # Read only when it is sent: a list of jobs has no use for megabytes of it.
    zpl = fields.Text(string="ZPL", readonly=True, copy=False, prefetch=False)

    @api.model
    def print_report(self, report_name, record_ids, data=None):
        """Print a ZPL report on a label printer, if it is set so.

        Called by the web client in place of the download, with the context of the report.

        :param str report_name: technical name of the report
        :param list record_ids: the records it is about; none where ``data`` says what
        :param dict data: options of the wizard that asked for it
        :return: ``{"job_id": id, "message": text, "type": kind}``, or ``{"job_id": False}`` where the
            report is to be downloaded
        """
        if not self.env.user.has_group("label_print.group_user"):
            raise AccessError(self.env._("You need the right to print labels."))
        reports = self.env["ir.actions.report"]
        report = reports._get_report_from_name(report_name)
        if not report or report.label_print_to != "printer":
            return {"job_id": False}
        report.sudo(False)._label_print_check_access()
        records = self.env[report.model].browse(record_ids).exists()
        records.check_access("read")
        zpl = self._draw_report(report, records, data)
        job = self._enqueue_values([self._prepare_report_job_values(report, records, zpl)])
        message = self.env._(
            "%(labels)s asked for on %(printer)s.",
            labels=job.display_name,
            printer=job.printer_id.name or job.pool_name or self.env._("the label printer"),
        )
        return {"job_id": job.id, **job.printer_id._with_trouble(message)}

    @api.model
    def _draw_report(self, report, records, data=None):
        """Return a report's ZPL, in which no value can be a command."""
        reports = self.env["ir.actions.report"].with_context(**{CONTEXT_KEY: True})
        content, _kind = reports._render_qweb_text(report, records.ids or None, data=data)
        return escaped(content.decode() if isinstance(content, bytes) else str(content))

    @api.model
    def _prepare_report_job_values(self, report, records, zpl):
        """Return the values of the job that prints a rendered report."""
        quantity = len(FORMAT.findall(zpl))
        if not quantity:
            raise UserError(
                self.env._(
                    "%(report)s has no labels in ZPL for what you chose.", report=report.name
                )
            )
        company = self.env.company
        if "company_id" in records._fields and len(records.company_id) == 1:
            company = records.company_id
        printer, pool_name = report._label_print_destination(company)
        one = records if len(records) == 1 else records.browse()
        return {
            "job_type": "report",
            "template": False,
            "subject": f"{report.name}: {one.display_name}" if one else report.name,
            "mo_id": one.id if one._name == "mrp.production" else False,
            "company_id": company.id,
            "submitted_by": self.env.uid,
            "printer_id": printer.id,
            "pool_name": pool_name,
            "quantity": quantity,
            "zpl": self._with_encoding(zpl),
        }

    @staticmethod
    def _with_encoding(zpl):
        """Say that the text is UTF-8 in formats which do not say what they are."""

        def encoded(match):
            label = match[0]
            if label.isascii() or "^CI" in label:
                return label
            return label.replace("^XA", "^XA^CI28", 1)

        return FORMAT.sub(encoded, zpl)

    def _subject_name(self):
        """Return what the labels are of, in one line."""
        self.ensure_one()
        # sudo: who may see the job may see the name of its order
        return self.subject or self.mo_id.sudo().name or self.env._("Deleted order")
