from odoo import api, fields, models

from .. import platen_client
from .label_print_job import ACTIVE_STATUSES
from .label_print_report import moment


class PrinterConfiguration(models.Model):
    """What stands on a printer's card beside its state: the work it has."""

    # One file for each responsibility.
    _inherit = "printer.configuration"  # pylint: disable=consider-merging-classes-inherited

    job_ids = fields.One2many("label.print.job", "printer_id", string="Print Jobs")
    waiting_job_count = fields.Integer(
        string="Waiting Jobs",
        compute="_compute_work",
        help="Jobs of this database, the one being printed included.",
    )
    labels_waiting = fields.Integer(string="Labels to Come", compute="_compute_work")
    current_job_id = fields.Many2one("label.print.job", compute="_compute_work")
    current_job_title = fields.Char(compute="_compute_work")
    current_job_printed = fields.Integer(compute="_compute_work")
    current_job_quantity = fields.Integer(compute="_compute_work")

    @api.depends("job_ids.status", "job_ids.current_label")
    @api.depends_context("uid")
    def _compute_work(self):
        """Two questions for all printers, however many cards there are."""
        jobs = self.env["label.print.job"]
        active = [("printer_id", "in", self.ids), ("status", "in", ACTIVE_STATUSES)]
        sums = {
            printer: (count, quantity - printed)
            for printer, count, quantity, printed in jobs._read_group(
                active, ["printer_id"], ["__count", "quantity:sum", "current_label:sum"]
            )
        }
        current = {
            job.printer_id: job
            for job in jobs.search([*active, ("status", "=", "printing")], order="id desc")
        }
        for printer in self:
            printer.waiting_job_count, printer.labels_waiting = sums.get(printer, (0, 0))
            job = current.get(printer, jobs)
            printer.current_job_id = job
            printer.current_job_title = job and job._subject_name()
            printer.current_job_printed = job.current_label
            printer.current_job_quantity = job.quantity

    @api.model
    def read_now(self):
        """Return what the service knows of its printers at this moment, stored nowhere.

        A printer that has nothing new to tell is not reported; when it was last seen is
        asked here, by whoever looks.

        :return: ``{"printers": [{"id", "last_seen_at", "odometer"}], "problem": text or False}``
        """
        self.check_access("read")
        try:
            told = platen_client.printers(platen_client.connection(self.env))
        except platen_client.PlatenError as error:
            return {"printers": [], "problem": error.for_people(self.env)}
        by_name = {printer.get("name"): printer for printer in told}
        rows = []
        for printer in self.search([("name", "in", list(by_name))]):
            seen = moment(by_name[printer.name].get("last_seen_at"))
            rows.append(
                {
                    "id": printer.id,
                    "last_seen_at": fields.Datetime.to_string(seen) or False,
                    "odometer": by_name[printer.name].get("odometer") or printer.odometer,
                }
            )
        return {"printers": rows, "problem": False}
