from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import str2bool

from .. import platen_client
from .label_print_job import DEFAULT_TEMPLATE
from .label_print_job_figures import DEFAULT_SHIFT_STARTS, read_shift_starts


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    label_print_mode = fields.Selection(
        [
            ("push", "Odoo sends the jobs to the service"),
            ("pull", "The service fetches its jobs from Odoo"),
        ],
        string="How Jobs Reach the Print Service",
        config_parameter="label_print.mode",
        default="push",
        required=True,
        help="Fetching is for an Odoo which cannot reach the service, in the cloud for example.",
    )
    label_print_api_url = fields.Char(
        string="Address of the Print Service", config_parameter="label_print.api_url"
    )
    label_print_api_key = fields.Char(
        string="Key of the Print Service", config_parameter="label_print.api_key"
    )
    # Written by hand: a false boolean would delete its parameter, and nothing means yes here.
    label_print_print_on_split = fields.Boolean(string="Print on Split")
    # The parameter holds the name, which service and Odoo share, and not the id: it may name
    # a printer that was not seen yet, which saving the form must not forget.
    label_print_default_printer = fields.Char(config_parameter="label_print.default_printer")
    label_print_default_printer_id = fields.Many2one(
        "printer.configuration", string="Default Printer"
    )
    label_print_default_template = fields.Char(
        string="Default Template",
        config_parameter="label_print.default_template",
        default=DEFAULT_TEMPLATE,
    )
    label_print_alert_minutes = fields.Integer(
        string="Alert Managers After",
        config_parameter="label_print.alert_minutes",
        help="Minutes a printer may wait for a hand before its managers get a mail; 0 for never.",
    )
    label_print_webhook_url = fields.Char(
        string="Address to Alert",
        config_parameter="label_print.webhook_url",
        help="Gets the same alerts as JSON, signed with the secret.",
    )
    label_print_webhook_secret = fields.Char(
        string="Secret of the Address", config_parameter="label_print.webhook_secret"
    )
    label_print_shift_starts = fields.Char(
        string="Shifts Begin At",
        config_parameter="label_print.shift_starts",
        default=DEFAULT_SHIFT_STARTS,
        help="Times of the day like 06:00, 14:00, 22:00, in the company's time zone.",
    )
    label_print_is_fixed_by_server = fields.Boolean(
        compute="_compute_label_print_is_fixed_by_server"
    )

    def _compute_label_print_is_fixed_by_server(self):
        """Say so when the server's own configuration wins over what is entered here."""
        parameters = self.env["ir.config_parameter"].sudo()
        fixed = any(
            platen_client.setting(self.env, name)
            != (parameters.get_param(f"label_print.{name}") or "")
            for name in ("api_url", "api_key")
        )
        self.label_print_is_fixed_by_server = fixed

    @api.model
    def get_values(self):
        """Read the parameters that need more than ``config_parameter``."""
        values = super().get_values()
        parameters = self.env["ir.config_parameter"].sudo()
        printer = self._label_print_known_printer(
            parameters.get_param("label_print.default_printer")
        )
        values.update(
            label_print_print_on_split=str2bool(
                parameters.get_param("label_print.print_on_split") or "True", False
            ),
            label_print_default_printer_id=printer.id,
        )
        return values

    def set_values(self):
        """Write the parameter that needs more than ``config_parameter``."""
        result = super().set_values()
        if not read_shift_starts(self.label_print_shift_starts):
            raise ValidationError(
                self.env._("Shifts begin at times of the day, like %s.", DEFAULT_SHIFT_STARTS)
            )
        # sudo: as in the parameters written by super, for whoever may open the settings
        parameters = self.env["ir.config_parameter"].sudo()
        parameters.set_param("label_print.print_on_split", str(self.label_print_print_on_split))
        return result

    @api.constrains("label_print_webhook_url", "label_print_webhook_secret")
    def _check_webhook(self):
        for settings in self:
            url = settings.label_print_webhook_url
            if url and not (url.startswith(("https://", "http://")) and settings.label_print_webhook_secret):
                raise ValidationError(
                    self.env._("The address to alert begins with https:// and has a secret.")
                )

    @api.onchange("label_print_default_printer_id")
    def _onchange_label_print_default_printer_id(self):
        printer = self.label_print_default_printer_id
        if printer or self._label_print_known_printer(self.label_print_default_printer):
            self.label_print_default_printer = printer.name

    @api.model
    def _label_print_known_printer(self, name):
        printers = self.env["printer.configuration"]
        return printers.search([("name", "=", name)]) if name else printers

    def action_label_print_test_connection(self):
        """Try what is entered, saved or not, and say in one sentence what was found."""
        self.ensure_one()
        if self.label_print_mode == "pull":
            return self._label_print_notice(*self._label_print_fetch_findings())
        link = platen_client.connection(
            self.env,
            url=None if self.label_print_is_fixed_by_server else self.label_print_api_url or "",
            key=None if self.label_print_is_fixed_by_server else self.label_print_api_key or "",
        )
        try:
            printers = platen_client.printers(link)
        except platen_client.PlatenError as error:
            return self._label_print_notice("danger", error.for_people(self.env))
        # sudo: the printers are written by reports only, and this is one
        known = self.env["printer.configuration"].sudo()
        for printer in printers:
            if printer.get("name"):
                known._take_report(printer)
        return self._label_print_notice(*self._label_print_findings(link, printers))

    def _label_print_findings(self, link, printers):
        """Return the colour and the text for a service that answers."""
        names = [printer["name"] for printer in printers if printer.get("name")]
        if not names:
            return "warning", self.env._(
                "The print service answers and accepts the key, but knows no printer. "
                "Add one to its configuration."
            )
        template = self.label_print_default_template or DEFAULT_TEMPLATE
        found = self.env._(
            "The print service answers and accepts the key. Printers: %(printers)s.",
            printers=", ".join(names),
        )
        try:
            platen_client.template(link, template)
        except platen_client.PlatenError as error:
            return "warning", self.env._(
                "%(found)s The template %(template)s cannot be used: %(problem)s",
                found=found,
                template=template,
                problem=error.for_people(self.env),
            )
        return "success", self.env._(
            "%(found)s The template %(template)s is there.", found=found, template=template
        )

    def _label_print_fetch_findings(self):
        """Return the colour and the text for a service that fetches its jobs."""
        if not platen_client.is_fetched(self.env):
            return "warning", self.env._(
                "Save the settings first; the service is then expected to fetch its jobs."
            )
        agent, is_present = self.env["label.print.agent"]._last()
        if not agent:
            return "warning", self.env._(
                "No print service has fetched anything yet. Set odoo.pull = true in its "
                "configuration, and look at what its command doctor says."
            )
        if is_present:
            return "success", self.env._(
                "The print service %(name)s fetches its jobs.", name=agent.name
            )
        when = fields.Datetime.context_timestamp(self, agent.last_fetch_at)
        values = {"name": agent.name, "when": when.strftime("%Y-%m-%d %H:%M")}
        return "danger", self.env._(
            "The print service %(name)s was last here at %(when)s. "
            "Check that it runs and reaches this Odoo; labels wait until it does.",
            **values,
        )

    def _label_print_notice(self, kind, message):
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": kind,
                "title": self.env._("Connection test"),
                "message": message,
                "sticky": kind != "success",
            },
        }
