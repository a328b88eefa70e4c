from odoo import api, fields, models


class LabelPrintJob(models.Model):
    """The history of jobs, row by row."""

    # One file for each responsibility.
    _inherit = "label.print.job"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _export_header(self):
        """Return the titles of the columns of the export; times are the user's."""
        zone = self.env.tz.zone
        return [
            self.env._("Manufacturing order"),
            self.env._("Product"),
            self.env._("Job type"),
            self.env._("Status"),
            self.env._("Printed"),
            self.env._("Quantity"),
            self.env._("Printer"),
            self.env._("Submitted by"),
            self.env._("Created (%s)", zone),
            self.env._("Finished (%s)", zone),
            self.env._("Error"),
            "UUID",
        ]

    def _export_rows(self):
        """Return the cells of each job, in the order of the titles."""
        # Asked once: it looks up translations, and there may be a million rows.
        job_types, statuses = (
            dict(self._fields[name]._description_selection(self.env))
            for name in ("job_type", "status")
        )
        return [
            [
                job.mo_id.name,
                job.product_id.display_name,
                job_types.get(job.job_type),
                statuses.get(job.status),
                job.current_label,
                job.quantity,
                job.printer_id.name,
                job.submitted_by.name,
                self._export_moment(job.create_date),
                self._export_moment(job.finished_at),
                job.error_message,
                job.uuid,
            ]
            # sudo: names of what the job points at, which the user sees in the list as well
            for job in self.sudo()
        ]

    def _export_moment(self, moment):
        if not moment:
            return ""
        return fields.Datetime.context_timestamp(self, moment).strftime("%Y-%m-%d %H:%M:%S")
