from bisect import bisect_right
from datetime import UTC, time
from zoneinfo import ZoneInfo

from odoo import api, fields, models

from .. import platen_client
from .label_print_job import ENDED_STATUSES

DEFAULT_SHIFT_STARTS = "06:00, 14:00, 22:00"


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

    shift = fields.Char(
        compute="_compute_shift",
        store=True,
        help="The shift in which it began to print, by the times of the settings as they were then.",
    )

    @api.depends("started_at")
    def _compute_shift(self):
        text = platen_client.setting(self.env, "shift_starts")
        starts = read_shift_starts(text) or read_shift_starts(DEFAULT_SHIFT_STARTS)
        for job in self:
            if not job.started_at:
                job.shift = False
                continue
            # sudo: the service's user reads no companies
            zone = ZoneInfo(job.company_id.sudo().partner_id.tz or "UTC")
            local = job.started_at.replace(tzinfo=UTC).astimezone(zone).time()
            # Before the first of the day, the last of the day before goes on.
            number = bisect_right(starts, local) - 1
            begin, end = starts[number], starts[(number + 1) % len(starts)]
            job.shift = f"{begin:%H:%M}–{end:%H:%M}"

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


def read_shift_starts(text):
    """Return the times of a text like ``06:00, 14:00`` in order, or None where it is none."""
    try:
        return sorted({time.fromisoformat(part.strip()) for part in (text or "").split(",")})
    except ValueError:
        return None
