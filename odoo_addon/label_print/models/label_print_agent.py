from datetime import timedelta

from odoo import api, fields, models

from .label_print_report import moment

#: Who fetches every few seconds need not be written down each time.
WRITE_EVERY_SECONDS = 20
#: Nobody who fetches is silent for so long.
PRESENT_SECONDS = 90
#: Heartbeats come every 30 seconds, and are told here as often. The screens count the same.
SILENT_SECONDS = 90
FORGOTTEN_DAYS = 7
MAX_NAME_LENGTH = 100


class LabelPrintAgent(models.Model):
    """An instance of the print service: when it was last heard of, and the printers it writes to.

    Several may share one database, and take over each other's printers.
    """

    _name = "label.print.agent"
    _description = "Print Service"
    _order = "name, id"

    name = fields.Char(required=True, readonly=True)
    version = fields.Char(readonly=True)
    started_at = fields.Datetime(string="Started On", readonly=True)
    last_heartbeat_at = fields.Datetime(
        string="Last Heartbeat", readonly=True, help="It says every 30 seconds that it lives."
    )
    is_stopped = fields.Boolean(string="Stopped", readonly=True, help="By a person, in good order.")
    last_fetch_at = fields.Datetime(
        string="Last Fetch", readonly=True, help="When it last asked for jobs, where it fetches them."
    )
    status = fields.Selection(
        [("alive", "Running"), ("silent", "No Heartbeat"), ("stopped", "Stopped")],
        compute="_compute_status",
    )
    printer_ids = fields.One2many("printer.configuration", "agent_id", string="Printers")
    waiting_job_count = fields.Integer(string="Waiting Jobs", compute="_compute_work")
    labels_waiting = fields.Integer(string="Labels to Come", compute="_compute_work")
    current_job_ids = fields.Many2many(
        "label.print.job", string="Printing Now", compute="_compute_work"
    )

    _name_unique = models.Constraint("UNIQUE(name)", "There is a service of that name already.")

    @api.depends("last_heartbeat_at", "last_fetch_at", "is_stopped")
    def _compute_status(self):
        since = fields.Datetime.now() - timedelta(seconds=SILENT_SECONDS)
        for agent in self:
            heard_at = agent.last_heartbeat_at or agent.last_fetch_at
            if agent.is_stopped:
                agent.status = "stopped"
            else:
                agent.status = "alive" if heard_at and heard_at > since else "silent"

    @api.depends("printer_ids.waiting_job_count", "printer_ids.current_job_id")
    @api.depends_context("uid")
    def _compute_work(self):
        for agent in self:
            agent.waiting_job_count = sum(agent.printer_ids.mapped("waiting_job_count"))
            agent.labels_waiting = sum(agent.printer_ids.mapped("labels_waiting"))
            agent.current_job_ids = agent.printer_ids.current_job_id

    @api.model
    def _take_list(self, instances):
        """Apply the service's list of its instances.

        How long each was silent is counted here from now on: clocks of two machines differ.
        """
        now = fields.Datetime.now()
        # sudo: the service has no right on any table, only this road in
        agents = self.sudo()
        for told in instances:
            name = isinstance(told, dict) and self._short_name(told.get("name"))
            if not name:
                continue
            agent = agents.search([("name", "=", name)]) or agents.create({"name": name})
            agent.write(agent._prepare_values(told, now))
            agent._take_printers(told.get("printers") or [])
        self._tell_viewers()

    def _prepare_values(self, told, now):
        """Return the values of one instance of the list."""
        silent = told.get("silent_seconds")
        silent = max(0, silent) if isinstance(silent, int) else 0
        return {
            "version": str(told.get("version") or "")[:MAX_NAME_LENGTH],
            "started_at": moment(told.get("started_at")),
            "last_heartbeat_at": now - timedelta(seconds=silent),
            "is_stopped": bool(told.get("is_stopped")),
        }

    def _take_printers(self, names):
        """Note which printers the instance writes to; who wrote to them before does no more."""
        self.ensure_one()
        names = [name for name in names if isinstance(name, str)]
        printers = self.env["printer.configuration"].with_context(active_test=False)
        held = printers.search([("name", "in", names)])
        held.filtered(lambda printer: printer.agent_id != self).agent_id = self
        (printers.search([("agent_id", "=", self.id)]) - held).agent_id = False

    @api.model
    def _tell_viewers(self):
        """Let whoever looks at the services read them again; see the jobs' method."""
        # sudo: the service and plain users may not read groups
        viewers = self.env.ref("label_print.group_user").sudo()
        viewers._bus_send("label_print_service", {}, subchannel="JOBS")

    @api.model
    def _short_name(self, name):
        return name[:MAX_NAME_LENGTH] if isinstance(name, str) else ""

    @api.model
    def _saw(self, name):
        """Note that this instance fetches; rarely, because it does so all the time."""
        name = self._short_name(name) or "platen"
        now = fields.Datetime.now()
        # sudo: the service has no right on any table, only this road
        agent = self.sudo().search([("name", "=", name)])
        if not agent:
            self.sudo().create({"name": name, "last_fetch_at": now})
        elif not agent.last_fetch_at or now - agent.last_fetch_at > timedelta(
            seconds=WRITE_EVERY_SECONDS
        ):
            agent.last_fetch_at = now

    @api.model
    def _last(self):
        """Return the instance that fetched last, and whether it still does."""
        # sudo: who may open the settings may know whether the labels are fetched
        agent = self.sudo().search(
            [("last_fetch_at", "!=", False)], order="last_fetch_at desc, id", limit=1
        )
        since = fields.Datetime.now() - timedelta(seconds=PRESENT_SECONDS)
        return agent, bool(agent) and agent.last_fetch_at > since

    @api.autovacuum
    def _gc_forgotten(self):
        """Forget instances that were silent for a week."""
        before = fields.Datetime.now() - timedelta(days=FORGOTTEN_DAYS)
        self.search(
            [
                "|",
                ("last_heartbeat_at", "=", False),
                ("last_heartbeat_at", "<", before),
                "|",
                ("last_fetch_at", "=", False),
                ("last_fetch_at", "<", before),
            ]
        ).unlink()
