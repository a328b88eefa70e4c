from pytz import utc

from odoo import api, fields, models
from odoo.tools import SQL

from .label_print_job_insight import LABELS_PER_PAGE


class LabelPrintJob(models.Model):
    """The history of jobs, row by row."""

    # One file for each responsibility.
    _inherit = "label.print.job"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _export_columns(self):
        """Return (field, title) of each column of the export; times are the user's."""
        zone = self.env.tz.zone
        titles = {
            "mo_id": self.env._("Manufacturing order"),
            "product_id": self.env._("Product"),
            "job_type": self.env._("Job type"),
            "status": self.env._("Status"),
            "current_label": self.env._("Printed"),
            "quantity": self.env._("Quantity"),
            "printer_id": self.env._("Printer"),
            "submitted_by": self.env._("Submitted by"),
            "create_date": self.env._("Created (%s)", zone),
            "started_at": self.env._("Started (%s)", zone),
            "finished_at": self.env._("Finished (%s)", zone),
            "shift": self.env._("Shift"),
            "unconfirmed": self.env._("Unconfirmed labels"),
            "error_code": self.env._("Error code"),
            "error_message": self.env._("Error"),
            "reprint_labels": self.env._("Labels reprinted"),
            "reprint_reason": self.env._("Reason of the reprint"),
            "uuid": "UUID",
        }
        return list(titles.items())

    @api.model
    def _export_chunk(self, domain, limit, texts):
        """Return ids and cells of the newest jobs of a domain, as the columns have them.

        The columns are read without records: a million of these would cost minutes, in
        which the server answers nobody else.

        :param dict texts: what this export has looked up so far; given again for each chunk
        """
        names = [name for name, _title in self._export_columns()]
        query = self._search(domain, order="id desc", limit=limit)
        rows = self.env.execute_query(
            query.select(
                SQL.identifier(self._table, "id"),
                *(self._field_to_sql(self._table, name, query) for name in names),
            )
        )
        columns = [
            self._export_column(name, [row[position] for row in rows], texts.setdefault(name, {}))
            for position, name in enumerate(names, 1)
        ]
        return [row[0] for row in rows], zip(*columns, strict=True)

    @api.model
    def _export_column(self, name, values, texts):
        """Return the cells of one column."""
        field = self._fields[name]
        if field.type == "many2one":
            unseen = {value for value in values if value} - texts.keys()
            # sudo: names of what the job points at, which the user sees in the list as well
            records = self.env[field.comodel_name].sudo().browse(unseen)
            shown = "name" if name == "mo_id" else "display_name"
            texts.update((record.id, record[shown]) for record in records.exists())
            return [texts.get(value, "") for value in values]
        if field.type == "selection":
            if not texts:
                texts.update(field._description_selection(self.env))
            return [texts.get(value, "") for value in values]
        if field.type == "datetime":
            zone = self.env.tz
            return [
                f"{utc.localize(value).astimezone(zone):%Y-%m-%d %H:%M:%S}" if value else ""
                for value in values
            ]
        return values

    def _export_label_columns(self):
        """Return the titles of the export of labels."""
        return [
            self.env._("Manufacturing order"),
            self.env._("Product"),
            self.env._("Label"),
            self.env._("Serial or lot"),
            self.env._("Outcome"),
            self.env._("Evidence"),
            self.env._("Attempt"),
            self.env._("Printer"),
            self.env._("Recorded (%s)", self.env.tz.zone),
            self.env._("Job type"),
            "UUID",
        ]

    def _export_labels(self, ask):
        """Yield the cells of each label of a job, as the service has them.

        :param ask: returns a page of labels of a job's uuid after a number
        """
        self.ensure_one()
        types = dict(self._fields["job_type"]._description_selection(self.env))
        after = 0
        while page := ask(self.uuid, after, LABELS_PER_PAGE).get("labels"):
            for row in map(self._prepare_label_row, page):
                yield [
                    self._subject_name(),
                    self.product_id.display_name or "",
                    row["label"],
                    row["serial"],
                    row["outcome"],
                    row["evidence"],
                    row["attempt"],
                    row["printer"],
                    self._export_time(row["recorded_at"]),
                    types[self.job_type],
                    self.uuid,
                ]
            after = page[-1]["label"]

    def _export_time(self, text):
        """Return the user's time of a UTC one, both as text."""
        if not text:
            return ""
        at = utc.localize(fields.Datetime.to_datetime(text)).astimezone(self.env.tz)
        return f"{at:%Y-%m-%d %H:%M:%S}"
