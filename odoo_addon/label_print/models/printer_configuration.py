from odoo import api, fields, models

from .. import platen_client
from .label_print_report import moment


class PrinterConfiguration(models.Model):
    """A printer as the service knows it; created and kept by its reports."""

    _name = "printer.configuration"
    _description = "Label Printer"
    _order = "name"

    name = fields.Char(
        required=True, help="As it is called in the configuration of the print service."
    )
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", help="Empty: every company may use it.")
    # Not `pool`, which is what every model calls its registry.
    pool_name = fields.Char(
        string="Pool", readonly=True, help="Printers of a pool may stand in for each other."
    )
    status = fields.Selection(
        [
            ("unknown", "Unknown"),
            ("idle", "Ready"),
            ("printing", "Printing"),
            ("faulted", "Needs a Hand"),
            ("paused", "Paused"),
            ("silent", "Does Not Answer"),
            ("offline", "Offline"),
        ],
        required=True,
        readonly=True,
        default="unknown",
    )
    fault_code = fields.Char(readonly=True)
    fault_message = fields.Char(string="Fault", readonly=True)
    fault_action = fields.Char(string="What to Do", readonly=True)
    fault_since = fields.Datetime(readonly=True)
    last_seen_at = fields.Datetime(string="Last Seen", readonly=True)
    odometer = fields.Integer(
        string="Labels Made",
        readonly=True,
        aggregator=None,
        help="In the printer's life, by its own counter.",
    )
    queue_length = fields.Integer(
        string="Jobs in the Service",
        readonly=True,
        aggregator="sum",
        help="Jobs that have not ended, also those that others than this database sent.",
    )
    agent_id = fields.Many2one(
        "label.print.agent",
        string="Print Service",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="The instance that writes to it now.",
    )
    is_paused = fields.Boolean(
        string="Paused by a Person", readonly=True, help="It waits until somebody resumes it."
    )
    revision = fields.Integer(readonly=True, aggregator=None)

    _name_unique = models.Constraint("UNIQUE(name)", "There is a printer of that name already.")

    @api.model
    def _by_name(self, name):
        """Return the printer of that name, created when it is new."""
        printers = self.with_context(active_test=False)
        return printers.search([("name", "=", name)]) or printers.create({"name": name})

    @api.model
    def _default_printer(self, company):
        """Return the printer of the settings, or the only one there is."""
        # sudo: whoever splits an order may use the printers of its company
        printers = self.sudo().search([("company_id", "in", (False, company.id))])
        name = platen_client.setting(self.env, "default_printer")
        if name:
            return printers.filtered(lambda printer: printer.name == name)
        return printers if len(printers) == 1 else self.browse()

    @api.model
    def _take_report(self, report):
        """Apply a report, or a printer of the service's list, and return the printer."""
        printer = self._by_name(report["name"])
        revision = report.get("revision") or 0
        known = {status for status, _label in self._fields["status"].selection}
        if revision < printer.revision or report.get("status") not in known:
            return printer
        fault = report.get("fault") or {}
        values = {
            "revision": revision,
            "status": report["status"],
            "fault_code": fault.get("code") or False,
            "fault_message": fault.get("message") or fault.get("code") or False,
            "fault_action": fault.get("action") or False,
            "fault_since": moment(fault.get("since")),
            "odometer": report.get("odometer") or 0,
            "queue_length": report.get("queue_length") or 0,
            "is_paused": bool(report.get("paused")),
            "last_seen_at": moment(report.get("last_seen_at")) or printer.last_seen_at,
        }
        if report.get("pools"):
            values["pool_name"] = ", ".join(report["pools"])
        fault_before, status_before = printer.fault_code, printer.status
        printer.write(values)
        printer._tell_news(fault_before, status_before)
        return printer

    def action_open_jobs(self):
        """Open the jobs of this printer."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id("label_print.label_print_job_action")
        action["domain"] = [("printer_id", "=", self.id)]
        action["context"] = {}
        return action
