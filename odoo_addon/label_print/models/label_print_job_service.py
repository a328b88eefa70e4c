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
        :return: ``{"jobs": {uuid: revision}, "printers": {name: revision}, "unknown": [uuid],
            "database_uuid": text}``
        """
        self._check_is_service()
        answer = self.env["label.print.report"]._take(reports)
        return {**answer, "database_uuid": self._database_uuid()}

    @api.model
    def service_fetch(self, agent, limit):
        """Hand jobs and wishes to a service that fetches them, each under a lease.

        The report on a job, a refusal or the outcome of a wish ends the lease; what was not
        answered in time is handed out again. Where Odoo sends its jobs itself, nothing is
        handed out and ``is_expected`` is false.

        :param str agent: the name of the fetching instance
        :param int limit: jobs at most
        :return: ``{"lease_seconds": n, "is_expected": bool, "jobs": [{"uuid", "body"}],
            "wishes": [{"uuid", "verb", "job", "printer", "body", "attempt"}],
            "asked": [uuid], "has_more": bool, "database_uuid": text}``; bodies are JSON text
        """
        self._check_is_service()
        answer = self.env["label.print.outbox"]._hand_out(agent, limit)
        return {**answer, "database_uuid": self._database_uuid()}

    @api.model
    def service_hello(self):
        """Prove address, login, group and addon to the service, which says it is there.

        What could not be sent while it was away is sent at once.

        :return: addon, version, the server's time in UTC, the database's uuid, whether the
            service is expected to fetch, and when the caller's API keys end
        """
        self._check_is_service()
        self.env["label.print.outbox"]._wake()
        # sudo: the service's user does not read modules
        module = self.env["ir.module.module"].sudo()._get("label_print")
        return {
            "addon": "label_print",
            "version": module.installed_version or "",
            "server_time": fields.Datetime.to_string(fields.Datetime.now()),
            "database_uuid": self._database_uuid(),
            "is_fetched": self.env["label.print.outbox"]._is_fetched(),
            "keys": self._caller_keys(),
        }

    @api.model
    def _database_uuid(self):
        """Return what tells this database from a copy; the service pins it."""
        # sudo: it is no secret, but only administrators read parameters
        return self.env["ir.config_parameter"].sudo().get_param("database.uuid") or ""

    @api.model
    def _caller_keys(self):
        """Return name and end of the caller's own API keys, and nothing of anybody else's.

        Which of them was used is not known here.
        """
        # sudo: a user need not have rights on keys to hear when its own end
        keys = self.env["res.users.apikeys"].sudo().search([("user_id", "=", self.env.uid)])
        return [
            {"name": key.name, "ends_at": fields.Datetime.to_string(key.expiration_date)}
            for key in keys
        ]

    @api.model
    def _check_is_service(self):
        if not self.env.user.has_group("label_print.group_service"):
            raise AccessError(
                self.env._(
                    "Only the print service may call this: "
                    "its user needs the group Label Print / Service."
                )
            )
