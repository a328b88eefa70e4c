from uuid import uuid4

from odoo import api, fields, models
from odoo.exceptions import UserError

from .. import platen_client

# Each state: who sets it, and what follows.
STATUSES = [
    ("pending", "Waiting to be Sent"),  # born with the order's transaction; the outbox sends it
    ("sent", "Sent"),  # committed before the request leaves; asked again until answered
    ("queued", "In the Queue"),  # the service has it and waits for the printer
    ("printing", "Printing"),  # stays so through faults, which are told as attention
    ("completed", "Printed"),  # every label was counted by the printer
    ("completed_with_errors", "Printed with Errors"),  # some labels were given up
    ("failed", "Failed"),  # refused or ended without a label
    ("cancelled", "Cancelled"),  # withdrawn; labels printed before stay printed
]
SERVICE_STATUSES = (
    "queued",
    "printing",
    "completed",
    "completed_with_errors",
    "failed",
    "cancelled",
)
#: The columns of the board that are always there.
BOARD_STATUSES = ("queued", "printing", "completed", "failed")
ACTIVE_STATUSES = ("pending", "sent", "queued", "printing")
ENDED_STATUSES = ("completed", "completed_with_errors", "failed", "cancelled")
FAILED_STATUSES = ("completed_with_errors", "failed")
RETRYABLE_STATUSES = ("completed_with_errors", "failed", "cancelled")
# The service tells only the latest state, so what it passed through in between is not seen here.
TRANSITIONS = {
    "pending": {"sent", *SERVICE_STATUSES},
    "sent": {"pending", *SERVICE_STATUSES},
    "queued": {*SERVICE_STATUSES},
    "printing": {*SERVICE_STATUSES},
    "completed": set(),
    "completed_with_errors": {*SERVICE_STATUSES},
    "failed": {"pending", *SERVICE_STATUSES},
    "cancelled": {"pending", *SERVICE_STATUSES},
}
#: What stopped a job with a question; its answer is *Resume*.
HELD_CODES = (
    "counter_contradiction",
    "foreign_labels",
    "job_expired",
    "verification_contradiction",
    "wrong_printer",
)
# Attention to a job the service took and no longer knows.
LOST_CODE = "unknown_to_service"
DEFAULT_PRIORITY = 5
DEFAULT_TEMPLATE = "mo_label"


class LabelPrintJob(models.Model):
    """A batch of labels asked for once, and what became of it.

    Rows are written by this addon only: people steer jobs with the buttons,
    the service tells its progress through :meth:`service_report`.
    """

    _name = "label.print.job"
    _description = "Label Print Job"
    _inherit = ["mail.thread"]
    _order = "id desc"
    _mail_post_access = "read"

    uuid = fields.Char(
        string="UUID",
        required=True,
        readonly=True,
        copy=False,
        default=lambda self: str(uuid4()),
        help="Makes sending repeatable: the service takes each one once.",
    )
    mo_id = fields.Many2one(
        "mrp.production",
        string="Manufacturing Order",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    product_id = fields.Many2one(
        related="mo_id.product_id", store=True, precompute=True, string="Product"
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, default=lambda self: self.env.company
    )
    job_type = fields.Selection(
        [
            ("mo_split", "Split"),
            ("mo_confirm", "Confirmation"),
            ("mo_done", "Done"),
            ("backorder", "Backorder"),
            ("lot_created", "Numbers Made"),
            ("manual", "By Hand"),
            ("report", "Report"),
            ("reprint", "Reprint"),
            ("test", "Test"),
        ],
        required=True,
        readonly=True,
        default="manual",
    )
    template = fields.Char(readonly=True, default=DEFAULT_TEMPLATE)
    printer_id = fields.Many2one("printer.configuration", readonly=True)
    submitted_by = fields.Many2one(
        "res.users", readonly=True, index=True, default=lambda self: self.env.user
    )
    status = fields.Selection(
        STATUSES,
        required=True,
        readonly=True,
        index=True,
        copy=False,
        default="pending",
        group_expand="_group_expand_status",
    )
    quantity = fields.Integer(
        string="Labels", readonly=True, help="Counted again when the job is sent."
    )
    current_label = fields.Integer(
        string="Printed",
        readonly=True,
        copy=False,
        help="Labels with evidence from the printer that they came out.",
    )
    progress_percent = fields.Float(
        string="Progress", compute="_compute_progress_percent", store=True, aggregator="avg"
    )
    progress_display = fields.Char(
        string="Progress in Words", compute="_compute_progress_display"
    )
    unconfirmed = fields.Char(
        readonly=True, copy=False, help="Numbers of the labels nobody can vouch for."
    )
    unconfirmed_policy = fields.Selection(
        [
            ("ask", "Ask a Person"),
            ("reprint", "Print Again, Marked"),
            ("skip", "Leave Out"),
        ],
        string="Labels in Doubt",
        readonly=True,
        copy=False,
        help="What the service does with a label when an interruption left it unknown "
        "whether it was printed.",
    )
    paused = fields.Boolean(
        readonly=True, copy=False, help="A person paused it; it waits until it is resumed."
    )
    attention = fields.Char(readonly=True, copy=False, help="Why a person is needed.")
    attention_code = fields.Char(readonly=True, copy=False)
    attention_action = fields.Char(string="What to Do Now", readonly=True, copy=False)
    attention_since = fields.Datetime(readonly=True, copy=False)
    error_code = fields.Char(readonly=True, copy=False)
    error_message = fields.Char(string="Error", readonly=True, copy=False)
    error_action = fields.Char(string="What to Do", readonly=True, copy=False)
    eta_seconds = fields.Integer(string="Seconds Left", readonly=True, copy=False, aggregator=None)
    attempts = fields.Integer(
        string="Attempts to Send", readonly=True, copy=False, aggregator=None
    )
    revision = fields.Integer(readonly=True, copy=False, aggregator=None)
    service_job_id = fields.Char(
        readonly=True, copy=False, help="The job's id in the print service."
    )
    requested_at = fields.Datetime(
        string="Requested On", readonly=True, copy=False, default=fields.Datetime.now
    )
    sent_at = fields.Datetime(string="Sent On", readonly=True, copy=False)
    started_at = fields.Datetime(string="Started On", readonly=True, copy=False)
    finished_at = fields.Datetime(string="Finished On", readonly=True, copy=False)
    reported_at = fields.Datetime(
        string="Last News", readonly=True, copy=False, help="When the service last told about it."
    )

    _uuid_unique = models.Constraint("UNIQUE(uuid)", "This print job exists already.")
    _unfinished_index = models.Index(
        "(status, id) WHERE status IN ('pending', 'sent', 'queued', 'printing')"
    )

    @api.model
    def _group_expand_status(self, statuses, domain):
        """Show the columns of a board in the order of a job's life, the usual ones even if empty."""
        shown = {*statuses, *BOARD_STATUSES}
        return [status for status, _label in STATUSES if status in shown]

    @api.depends("current_label", "quantity")
    def _compute_progress_percent(self):
        """To one decimal and never rounded up: 100 means every label."""
        for job in self:
            done = job.current_label * 1000 // job.quantity if job.quantity else 0
            job.progress_percent = done / 10

    @api.depends("current_label", "quantity")
    @api.depends_context("lang")
    def _compute_progress_display(self):
        for job in self:
            job.progress_display = self.env._(
                "%(printed)s of %(quantity)s", printed=job.current_label, quantity=job.quantity
            )

    @api.depends("mo_id.name", "subject", "quantity", "job_type", "printer_id.name")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for job in self:
            if job.quantity == 1:
                job.display_name = self.env._("%(order)s · 1 label", order=job._subject_name())
            else:
                job.display_name = self.env._(
                    "%(order)s · %(quantity)s labels",
                    order=job._subject_name(),
                    quantity=job.quantity,
                )

    def write(self, vals):
        """Refuse a change of state which :data:`TRANSITIONS` does not know."""
        status = vals.get("status")
        for job in self if status else ():
            if job.status != status and status not in TRANSITIONS[job.status]:
                raise UserError(
                    self.env._(
                        "%(job)s cannot go from %(before)s to %(after)s.",
                        job=job.display_name,
                        before=job.status,
                        after=status,
                    )
                )
        return super().write(vals)

    # ------------------------------------------------------------------
    # Birth, inside the transaction of the order
    # ------------------------------------------------------------------

    @api.model
    def _enqueue(self, productions, job_type):
        """Write one job for each order and wake the outbox after the commit.

        Nothing is refused here: a missing printer or address is told on the job.
        What the labels say is read when the job is sent, because serials, lots and
        dates are often assigned later in the same transaction.
        """
        return self._enqueue_values(
            [self._prepare_job_values(production, job_type) for production in productions]
        )

    @api.model
    def _enqueue_values(self, job_values):
        """Write jobs and wake the outbox after the commit."""
        if not job_values:
            return self.browse()
        # sudo: whoever may split or print an order causes a job, but nobody writes one by hand;
        # without subscription and creation note, because a split may make hundreds
        silent = self.sudo().with_context(
            mail_create_nosubscribe=True, mail_create_nolog=True, tracking_disable=True
        )
        jobs = silent.create(job_values)
        jobs._tell_viewers()
        self.env["label.print.outbox"]._wake()
        return jobs.sudo(self.env.su)

    @api.model
    def _prepare_job_values(self, production, job_type, rule=None):
        """Return the values of a new job; extend for further routing.

        :param rule: whose template and printer; the first which the order meets when not given
        """
        if rule is None:
            rules = self.env["label.print.rule"]._of_company(production.company_id)
            rule = rules._choose(production)[:1]
        printer = rule.printer_id
        if not printer and not rule.pool_name:
            printer = self.env["printer.configuration"]._default_printer(production.company_id)
        return {
            "mo_id": production.id,
            "company_id": production.company_id.id,
            "job_type": job_type,
            "quantity": production._label_print_quantity(),
            "submitted_by": self.env.uid,
            "printer_id": printer.id,
            "pool_name": rule.pool_name,
            "template": rule.template_id.name or self._template_name_for(production.product_id),
        }

    @api.model
    def _template_name_for(self, product):
        """Return the template of a product, its category, or the settings."""
        return (
            product.product_tmpl_id._label_print_template().name
            or platen_client.setting(self.env, "default_template")
            or DEFAULT_TEMPLATE
        )

    # ------------------------------------------------------------------
    # Changes made on this side
    # ------------------------------------------------------------------

    def _requeue(self):
        """Send again what the service never took."""
        self.write(
            {
                "status": "pending",
                "requested_at": fields.Datetime.now(),
                "finished_at": False,
                "error_code": False,
                "error_message": False,
                "error_action": False,
            }
        )
        self._tell_viewers()
        self.env["label.print.outbox"]._wake()

    def _withdraw(self, reason):
        """Cancel those of the jobs which still wait here, and return them.

        A job the outbox holds at this moment is skipped: it is on its way.
        """
        waiting = self.filtered(lambda job: job.status == "pending")
        waiting = waiting.try_lock_for_update(allow_referencing=True)
        if waiting:
            waiting._end("cancelled", message=reason)
        return waiting

    def _end(self, status, message=False, code=False, action=False):
        """End jobs on this side, for a reason found before the service took them."""
        self.with_context(tracking_disable=True).write(
            {
                "status": status,
                "finished_at": fields.Datetime.now(),
                "error_code": code,
                "error_message": message,
                "error_action": action,
                "attention": False,
                "attention_code": False,
                "attention_action": False,
                "attention_since": False,
            }
        )
        self._tell_viewers()
        if status != "cancelled":
            self._tell_people("_prepare_result_notification")
