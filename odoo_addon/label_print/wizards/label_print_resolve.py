from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ..label_ranges import parse_ranges, write_ranges

#: More than a person goes through one by one; beyond it there is one answer for a range.
LINES_SHOWN = 100
ANSWERS = [
    ("printed", "It is there"),
    ("not_printed", "Print it again"),
]


class LabelPrintResolve(models.TransientModel):
    """A person's word about labels nobody else can vouch for."""

    _name = "label.print.resolve"
    _description = "Settle Unconfirmed Labels"

    job_id = fields.Many2one("label.print.job", required=True, readonly=True)
    unconfirmed = fields.Char(related="job_id.unconfirmed")
    printer_id = fields.Many2one(related="job_id.printer_id")
    line_ids = fields.One2many("label.print.resolve.line", "wizard_id")
    has_lines = fields.Boolean(compute="_compute_has_lines")
    labels = fields.Char(string="Which Labels", help="Numbers and ranges, such as 3, 7-12.")
    answer = fields.Selection(ANSWERS, string="What You Found")

    @api.depends("line_ids")
    def _compute_has_lines(self):
        for wizard in self:
            wizard.has_lines = bool(wizard.line_ids)

    @api.model
    def default_get(self, field_names):
        """Begin with a line for each label, as long as that can be read."""
        values = super().default_get(field_names)
        job = self.env["label.print.job"].browse(values.get("job_id"))
        if not job:
            return values
        job._check_may_steer("resolve")
        numbers = self._unconfirmed_numbers(job)
        values["labels"] = write_ranges(numbers)
        if len(numbers) <= LINES_SHOWN:
            serials = self._serials(job, numbers)
            values["line_ids"] = [
                Command.create({"label": number, "serial": serials.get(number, "")})
                for number in numbers
            ]
        return values

    @api.model
    def _unconfirmed_numbers(self, job):
        try:
            return parse_ranges(job.unconfirmed, job.quantity)
        except ValueError:
            return []

    @api.model
    def _serials(self, job, numbers):
        """Return what stands on the labels, as far as the service tells it now."""
        serials = {}
        for number in numbers:
            if number in serials:
                continue
            page = job.get_labels(after=number - 1, limit=LINES_SHOWN)
            serials.update({row["label"]: row["serial"] for row in page.get("labels") or ()})
            if "problem" in page:
                break
        return serials

    @api.onchange("answer")
    def _onchange_answer(self):
        for line in self.line_ids:
            line.answer = self.answer

    def action_resolve(self):
        """Tell the service what was found; labels that are not there are printed again."""
        self.ensure_one()
        job = self.job_id
        job._check_may_steer("resolve")
        answers = self._answers()
        if not any(answers.values()):
            raise UserError(self.env._("Say of at least one label whether it is there."))
        for answer, numbers in answers.items():
            if not numbers:
                continue
            labels = write_ranges(numbers)
            self.env["label.print.outbox"]._steer(
                job, "resolve", labels=labels.replace(" ", ""), printed=answer == "printed"
            )
            if answer == "printed":
                note = self.env._("Looked for and there: %(labels)s.", labels=labels)
            else:
                note = self.env._(
                    "Looked for and not there, so printed again: %(labels)s.", labels=labels
                )
            job._log_by_user(note)
        return {"type": "ir.actions.act_window_close"}

    def _answers(self):
        """Return the numbers by answer: of the lines, or of the range."""
        answers = {"printed": [], "not_printed": []}
        if self.line_ids:
            for line in self.line_ids.filtered("answer"):
                answers[line.answer].append(line.label)
            return answers
        if self.answer:
            try:
                answers[self.answer] = parse_ranges(self.labels, self.job_id.quantity)
            except ValueError as error:
                raise UserError(
                    self.env._(
                        "Write numbers and ranges from 1 to %(quantity)s, such as 3, 7-12.",
                        quantity=self.job_id.quantity,
                    )
                ) from error
        return answers


class LabelPrintResolveLine(models.TransientModel):
    """One label nobody can vouch for."""

    _name = "label.print.resolve.line"
    _description = "Unconfirmed Label"
    _order = "label"

    wizard_id = fields.Many2one("label.print.resolve", required=True, ondelete="cascade")
    label = fields.Integer()
    serial = fields.Char(string="Serial or Lot")
    answer = fields.Selection(ANSWERS, string="What You Found")
