from odoo import api, fields, models

from .label_print_job import ENDED_STATUSES


class LabelPrintJob(models.Model):
    """Figures for plots and pivots: how long, how many, how often in vain."""

    # One file for each responsibility.
    _inherit = "label.print.job"  # pylint: disable=consider-merging-classes-inherited

    duration_minutes = fields.Float(
        string="Minutes to Print",
        compute="_compute_duration_minutes",
        store=True,
        aggregator="avg",
        help="From the first label's start to the end, faults at the printer included.",
    )
    failure_count = fields.Integer(
        string="Jobs with Errors",
        compute="_compute_failure_count",
        store=True,
        help="Jobs that failed, or ended with labels missing.",
    )
    missing_count = fields.Integer(
        string="Labels Missing",
        compute="_compute_failure_count",
        store=True,
        help="Labels of jobs that ended with errors, for which there is no evidence.",
    )

    @api.depends("started_at", "finished_at")
    def _compute_duration_minutes(self):
        for job in self:
            took = job.finished_at - job.started_at if job.finished_at and job.started_at else None
            job.duration_minutes = took.total_seconds() / 60 if took else 0

    @api.depends("status", "quantity", "current_label")
    def _compute_failure_count(self):
        for job in self:
            failed = job.status in ENDED_STATUSES and job.status not in ("completed", "cancelled")
            job.failure_count = int(failed)
            job.missing_count = job.quantity - job.current_label if failed else 0
