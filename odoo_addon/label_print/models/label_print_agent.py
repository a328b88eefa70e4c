from datetime import timedelta

from odoo import api, fields, models

#: Who fetches every few seconds need not be written down each time.
WRITE_EVERY_SECONDS = 20
#: Nobody who fetches is silent for so long.
PRESENT_SECONDS = 90
MAX_NAME_LENGTH = 100


class LabelPrintAgent(models.Model):
    """A print service that fetches its jobs here, and when it was last seen."""

    _name = "label.print.agent"
    _description = "Fetching Print Service"
    _order = "last_fetch_at desc, id"

    name = fields.Char(required=True, readonly=True)
    last_fetch_at = fields.Datetime(string="Last Seen", readonly=True)

    _name_unique = models.Constraint("UNIQUE(name)", "There is a service of that name already.")

    @api.model
    def _saw(self, name):
        """Note that this instance fetches; rarely, because it does so all the time."""
        name = str(name or "")[:MAX_NAME_LENGTH] or "platen"
        now = fields.Datetime.now()
        # sudo: the service has no right on any table, only this road
        agent = self.sudo().search([("name", "=", name)])
        if not agent:
            self.sudo().create({"name": name, "last_fetch_at": now})
        elif now - agent.last_fetch_at > timedelta(seconds=WRITE_EVERY_SECONDS):
            agent.last_fetch_at = now

    @api.model
    def _last(self):
        """Return the instance that fetched last, and whether it still does."""
        # sudo: who may open the settings may know whether the labels are fetched
        agent = self.sudo().search([], limit=1)
        since = fields.Datetime.now() - timedelta(seconds=PRESENT_SECONDS)
        return agent, bool(agent) and agent.last_fetch_at > since
