from odoo import api, fields, models
from odoo.exceptions import UserError

from .. import platen_client
from ..label_findings import findings_html, notice
from ..label_ranges import parse_ranges
from ..models.label_print_job import DEFAULT_PRIORITY, DEFAULT_TEMPLATE
from ..models.label_print_template import picture_of
from ..models.printer_configuration_trouble import WELL_STATUSES

#: More at once are a mistake; rules print what is printed every day.
MAX_RECORDS = 1000
PRIORITIES = [
    ("2", "When There Is Time"),
    ("5", "Normal"),
    ("7", "Soon"),
    ("9", "Rush: Next at the Printer"),
]


class LabelPrintWizard(models.TransientModel):
    """Print labels by hand: which, how many, where, and how they will look."""

    _name = "label.print.wizard"
    _description = "Print Labels"

    res_model = fields.Char(required=True, readonly=True)
    res_ids = fields.Json(required=True, readonly=True)
    batch_count = fields.Integer(compute="_compute_labels")
    label_count = fields.Integer(string="Labels", compute="_compute_labels")
    summary = fields.Char(compute="_compute_labels")
    batches = fields.Json(readonly=True, help="Title and number of labels of each batch.")
    are_numbered = fields.Boolean(readonly=True)
    first_data = fields.Json(readonly=True, help="The values of the first batch.")
    numbered_names = fields.Json(readonly=True, help="Values that differ from label to label.")

    template_id = fields.Many2one("label.print.template", required=True)
    printer_id = fields.Many2one("printer.configuration", required=True)
    printer_status = fields.Selection(related="printer_id.status", string="State of the Printer")
    printer_trouble = fields.Char(compute="_compute_printer_trouble")
    suggested_printer_id = fields.Many2one(
        "printer.configuration", compute="_compute_printer_trouble"
    )
    quantity = fields.Integer(string="Number of Labels")
    label_range = fields.Char(
        string="Only These", help="Numbers of the labels, like 3,7-12. Empty: all of them."
    )
    copies = fields.Integer(string="Copies of Each", default=1)
    priority = fields.Selection(PRIORITIES, required=True, default=str(DEFAULT_PRIORITY))
    value_ids = fields.One2many("label.print.wizard.value", "wizard_id", string="Values")

    shown_label = fields.Integer(string="Label Shown", default=1)
    picture = fields.Image(compute="_compute_preview")
    findings_html = fields.Html(compute="_compute_preview", sanitize=False)
    trial_html = fields.Html(readonly=True, sanitize=False)

    # ------------------------------------------------------------------
    # Opening
    # ------------------------------------------------------------------

    @api.model
    def _open_for(self, records):
        """Return the action that opens the wizard on records."""
        self._check_may_print()
        records.check_access("read")
        if len(records) > MAX_RECORDS:
            raise UserError(
                self.env._(
                    "%(count)s records are too many to print by hand at once: "
                    "choose at most %(most)s.",
                    count=len(records),
                    most=MAX_RECORDS,
                )
            )
        contents = self.env["label.print.source"]._contents(records)
        if not contents:
            raise UserError(self.env._("There is nothing to print; what is cancelled has no labels."))
        self._learn_templates()
        wizard = self.create(self._prepare_wizard_values(records, contents))
        wizard._fill_values()
        return wizard._reopen()

    @api.model
    def _learn_templates(self):
        """Know the templates the first time; later their own page asks for them."""
        templates = self.env["label.print.template"]
        # One that only a rule named is not known yet.
        told = ["|", ("version", "!=", False), ("problem", "!=", False)]
        if not templates.search_count(told, limit=1):
            try:
                templates._refresh()
            except platen_client.PlatenError as error:
                raise UserError(error.for_people(self.env)) from error

    @api.model
    def _prepare_wizard_values(self, records, contents):
        """Return the values of a wizard; extend for other defaults."""
        content = contents[0]
        printers = self.env["printer.configuration"]
        templates = self.env["label.print.template"]
        rules = self.env["label.print.rule"]
        if records._name == "mrp.production":
            rules = rules._of_company(content["company"])._choose(records[:1])
        rule = rules[:1]
        template = (
            rule.template_id
            or content["product"].product_tmpl_id._label_print_template()
            or templates.search([("name", "=", content.get("template"))])
            or templates.search([("name", "=", platen_client.setting(self.env, "default_template"))])
            or templates.search([("name", "=", DEFAULT_TEMPLATE)])
            or templates.search([], limit=1)
        )
        printer = (
            rule.printer_id
            or printers._default_printer(content["company"])
            or printers.search([("status", "in", WELL_STATUSES)], limit=1)
        )
        return {
            "res_model": records._name,
            "res_ids": records.ids,
            "template_id": template.id,
            "printer_id": printer.id,
            "quantity": content.get("quantity") or 0,
            **self._prepare_batches(contents),
        }

    @api.model
    def _prepare_batches(self, contents):
        """Return what is shown of the contents: a thousand orders are not read at each change."""
        labels = [label for content in contents for label in content.get("labels") or ()]
        return {
            "batches": [[content["title"], count_labels(content)] for content in contents],
            "are_numbered": len(contents) == 1 and bool(contents[0].get("labels")),
            "first_data": contents[0]["data"],
            "numbered_names": sorted({name for label in labels for name in label}),
        }

    def _records(self):
        self.ensure_one()
        return self.env[self.res_model].browse(self.res_ids or ()).exists()

    def _contents(self):
        """Return what is printed, with what was chosen here.

        :raises UserError: for numbers of labels that cannot be read
        """
        self.ensure_one()
        return self._with_choices(self.env["label.print.source"]._contents(self._records()))

    def _first_content(self):
        """Return the first of the contents; no more of them are read than that takes."""
        self.ensure_one()
        source = self.env["label.print.source"]
        for record in self._records():
            contents = source._contents(record)
            if contents:
                return self._with_choices(contents, is_all=len(self.batches or ()) == 1)[0]
        raise UserError(self.env._("There is nothing to print; what is cancelled has no labels."))

    def _with_choices(self, contents, is_all=True):
        """Return contents with the values, numbers and ranges that were chosen here."""
        given = {line.name: line.value or "" for line in self.value_ids if line.is_given}
        for content in contents:
            content["data"] = {**content["data"], **given}
        if len(contents) != 1 or not is_all:
            return contents
        content = contents[0]
        if "quantity" in content and self.quantity:
            content["quantity"] = self.quantity
        if self.label_range and content.get("labels"):
            content["labels"] = self._choose_labels(content["labels"])
        return contents

    def _choose_labels(self, labels):
        try:
            numbers = parse_ranges(self.label_range, len(labels))
        except ValueError as error:
            raise UserError(
                self.env._(
                    "Only These: “%(part)s” is none of the labels 1 to %(quantity)s. "
                    "Write numbers like 3,7-12.",
                    part=str(error),
                    quantity=len(labels),
                )
            ) from error
        return [labels[number - 1] for number in numbers]

    # ------------------------------------------------------------------
    # What is shown
    # ------------------------------------------------------------------

    @api.depends("batches", "quantity", "label_range", "copies")
    def _compute_labels(self):
        for wizard in self:
            batches = wizard.batches or []
            counts = [count for _title, count in batches]
            if len(batches) == 1:
                counts = [wizard._chosen_count(counts[0])]
            wizard.batch_count = len(batches)
            wizard.label_count = max(1, wizard.copies) * sum(counts)
            if len(batches) == 1 and wizard.label_count == 1:
                wizard.summary = self.env._("1 label for %(title)s", title=batches[0][0])
            elif len(batches) == 1:
                wizard.summary = self.env._(
                    "%(labels)s labels for %(title)s",
                    labels=wizard.label_count,
                    title=batches[0][0],
                )
            else:
                wizard.summary = self.env._(
                    "%(labels)s labels in %(batches)s batches",
                    labels=wizard.label_count,
                    batches=len(batches),
                )

    def _chosen_count(self, count):
        """Return how many labels are left of those of the only batch."""
        if not self.are_numbered:
            return self.quantity or count
        try:
            return len(self._choose_labels(range(count))) if self.label_range else count
        except UserError:
            # Said where the label is shown, not while it is being typed.
            return 0

    @api.depends("printer_id")
    def _compute_printer_trouble(self):
        for wizard in self:
            printer = wizard.printer_id
            wizard.printer_trouble = printer._trouble()
            wizard.suggested_printer_id = (
                wizard.printer_trouble and printer._other_that_is_well()
            )

    @api.depends("template_id", "quantity", "label_range", "shown_label", "value_ids.value")
    def _compute_preview(self):
        for wizard in self:
            wizard.picture = False
            wizard.findings_html = False
            if not wizard.template_id:
                continue
            try:
                preview = platen_client.preview(
                    platen_client.connection(self.env),
                    wizard.template_id.name,
                    wizard._prepare_preview_body(),
                )
            except platen_client.PlatenError as error:
                wizard.findings_html = notice("warning", error.message, error.action)
            except UserError as error:
                wizard.findings_html = notice("warning", str(error))
            else:
                wizard.picture = picture_of(preview)
                wizard.findings_html = findings_html(self.env, preview)

    def _prepare_preview_body(self):
        content = self._first_content()
        label = min(max(1, self.shown_label), max(1, count_labels(content)))
        return {**prepare_payload(content), "label": label}

    @api.onchange("template_id")
    def _onchange_template_id(self):
        self._fill_values()

    def _fill_values(self):
        """Show the values of the template, filled where the records say them.

        What differs from label to label, or from record to record, is not to be typed over.
        """
        for wizard in self:
            known = wizard.first_data or {}
            numbered = wizard.numbered_names or ()
            wizard.value_ids = [
                fields.Command.clear(),
                *(
                    fields.Command.create(
                        {
                            "name": rule["name"],
                            "value": known.get(rule["name"]) or "",
                            "told": known.get(rule["name"]) or "",
                            "is_required": bool(rule.get("required")),
                        }
                    )
                    for rule in wizard.template_id.field_rules or ()
                    if rule["name"] not in numbered
                    and (len(wizard.batches or ()) == 1 or rule["name"] not in known)
                ),
            ]

    def _reopen(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Print Labels"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "new",
            "context": {"dialog_size": "extra-large"},
        }


def count_labels(content):
    """Return how many labels a content has, each counted once."""
    return len(content.get("labels") or ()) or content.get("quantity") or 0


def prepare_payload(content):
    """Return the part of a job's body that says what is on its labels."""
    payload = {key: content[key] for key in ("data", "labels", "quantity") if content.get(key)}
    record = content["record"]
    if record._name == "mrp.production":
        payload["mo"] = {"id": record.id, "name": record.name}
    return payload

