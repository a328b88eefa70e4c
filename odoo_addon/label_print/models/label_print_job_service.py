from odoo import api, fields, models
from odoo.exceptions import AccessError


class LabelPrintJob(models.Model):
    """What the service may call."""

    # One file for each responsibility.
    _inherit = "label.print.job"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def service_report(self, reports):
        """Take in what the service tells, and answer the revisions held afterwards.

        The only way the service writes. Repeating a call changes nothing.

        :param list reports: structs of jobs and printers, at most 200
        :return: ``{"jobs": {uuid: revision}, "printers": {name: revision}, "unknown": [uuid]}``
        """
        self._check_is_service()
        return self.env["label.print.report"]._take(reports)

    @api.model
    def service_hello(self):
        """Prove address, login, group and addon to the service, which says it is there.

        What could not be sent while it was away is sent at once.

        :return: addon, version, the server's time in UTC and the database's uuid
        """
        self._check_is_service()
        self.env["label.print.outbox"]._wake()
        # sudo: the service's user reads neither modules nor parameters
        module = self.env["ir.module.module"].sudo()._get("label_print")
        parameters = self.env["ir.config_parameter"].sudo()
        return {
            "addon": "label_print",
            "version": module.installed_version or "",
            "server_time": fields.Datetime.to_string(fields.Datetime.now()),
            "database_uuid": parameters.get_param("database.uuid") or "",
        }

    @api.model
    def _check_is_service(self):
        if not self.env.user.has_group("label_print.group_service"):
            raise AccessError(
                self.env._(
                    "Only the print service may call this: "
                    "its user needs the group Label Print / Service."
                )
            )
