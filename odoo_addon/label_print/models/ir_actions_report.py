from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError


class IrActionsReport(models.Model):
    _inherit = "ir.actions.report"

    label_print_to = fields.Selection(
        [("download", "Download"), ("printer", "Label Printer")],
        string="Print to",
        required=True,
        default="download",
        help="A report in ZPL can go to a label printer in place of a file.",
    )
    label_print_printer_id = fields.Many2one(
        "printer.configuration",
        string="Label Printer",
        ondelete="set null",
        help="Empty, and no pool either: the printer of the settings.",
    )
    label_print_pool_name = fields.Char(
        string="Pool", help="The printer of this pool with the shortest queue prints."
    )

    @api.constrains("label_print_to", "report_type", "label_print_printer_id", "label_print_pool_name")
    def _check_label_print_to(self):
        for report in self:
            if report.label_print_to == "printer" and report.report_type != "qweb-text":
                raise ValidationError(
                    self.env._(
                        "%(report)s is no text report: only ZPL goes to a label printer.",
                        report=report.name,
                    )
                )
            if report.label_print_printer_id and report.label_print_pool_name:
                raise ValidationError(
                    self.env._("%(report)s: choose a printer or a pool, not both.", report=report.name)
                )

    def _label_print_check_access(self):
        """Refuse a report to whom its own groups do not let see it."""
        self.ensure_one()
        if self.group_ids and not self.group_ids & self.env.user.all_group_ids:
            raise AccessError(
                self.env._("You are not allowed to print %(report)s.", report=self.name)
            )

    def _label_print_destination(self, company):
        """Return printer and pool of the report, of which at most one is set."""
        self.ensure_one()
        printers = self.env["printer.configuration"]
        if self.label_print_pool_name:
            return printers, self.label_print_pool_name
        return self.label_print_printer_id or printers._default_printer(company), False
