import time
from uuid import uuid4

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

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
ENDED_STATUSES = ("completed", "completed_with_errors", "failed", "cancelled")
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
            ("manual", "By Hand"),
            ("report", "Report"),
            ("reprint", "Reprint"),
            ("test", "Test"),
        ],
        required=True,
        readonly=True,
        default="manual",
    )
    template = fields.Char(required=True, readonly=True, default=DEFAULT_TEMPLATE)
    printer_id = fields.Many2one("printer.configuration", readonly=True)
    submitted_by = fields.Many2one(
        "res.users", readonly=True, index=True, default=lambda self: self.env.user
    )
    status = fields.Selection(
        STATUSES, required=True, readonly=True, index=True, copy=False, default="pending"
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

    @api.depends("mo_id.name", "quantity")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for job in self:
            # sudo: who may see the job may see the name of its order
            order = job.mo_id.sudo().name or self.env._("Deleted order")
            if job.quantity == 1:
                job.display_name = self.env._("%(order)s · 1 label", order=order)
            else:
                job.display_name = self.env._(
                    "%(order)s · %(quantity)s labels", order=order, quantity=job.quantity
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
        if not productions:
            return self.browse()
        # sudo: whoever may split or print an order causes a job, but nobody writes one by hand;
        # without subscription and creation note, because a split may make hundreds
        silent = self.sudo().with_context(
            mail_create_nosubscribe=True, mail_create_nolog=True, tracking_disable=True
        )
        jobs = silent.create(
            [silent._prepare_job_values(production, job_type) for production in productions]
        )
        jobs._tell_viewers()
        self.env["label.print.outbox"]._wake()
        return jobs.sudo(self.env.su)

    @api.model
    def _prepare_job_values(self, production, job_type):
        """Return the values of a new job; extend for routing by rule."""
        printers = self.env["printer.configuration"]
        return {
            "mo_id": production.id,
            "company_id": production.company_id.id,
            "job_type": job_type,
            "quantity": production._label_print_quantity(),
            "submitted_by": self.env.uid,
            "printer_id": printers._default_printer(production.company_id).id,
            "template": platen_client.setting(self.env, "default_template") or DEFAULT_TEMPLATE,
        }

    # ------------------------------------------------------------------
    # Content, read after the commit
    # ------------------------------------------------------------------

    def _prepare_service_job(self):
        """Return the job as the service takes it.

        :raises platen_client.PlatenRefused: for what the service would refuse anyway
        """
        self.ensure_one()
        labels = self._prepare_labels()
        body = {
            "uuid": self.uuid,
            "template": self.template,
            "printer": self._printer_name(),
            "job_type": self.job_type,
            "priority": DEFAULT_PRIORITY,
            "submitted_by": self.submitted_by.name or "",
            "mo": {"id": self.mo_id.id, "name": self.mo_id.name},
            "data": self._prepare_data(),
            "expires_at": None,
        }
        if labels:
            body["labels"] = labels
        else:
            body["quantity"] = self.mo_id._label_print_quantity()
        return body

    def _prepare_labels(self):
        """Return the values of each label, or nothing where all labels are alike.

        A serial-tracked order has one label for each unit: with a serial as far as there
        are any, and without one for the others.
        """
        self.ensure_one()
        order = self.mo_id
        if order.product_tracking != "serial":
            return []
        quantity = order._label_print_quantity()
        labels = [{"serial": lot.name} for lot in order._label_print_serials()[:quantity]]
        return labels + [{}] * (quantity - len(labels))

    def _prepare_data(self):
        """Return the values all labels share: fields of the template."""
        self.ensure_one()
        # The label speaks the language of the person who asked for it.
        order = self.mo_id.with_context(lang=self.submitted_by.lang)
        product = order.product_id.with_context(display_default_code=False)
        data = {"product": product.display_name, "code": product.default_code or ""}
        if order.product_tracking == "lot" and order.lot_producing_ids:
            data["lot"] = order.lot_producing_ids[0].name
        return data

    def _printer_name(self):
        """Return the printer's name; a default may be named before it was ever seen."""
        self.ensure_one()
        name = self.printer_id.name or platen_client.setting(self.env, "default_printer")
        if not name:
            raise platen_client.PlatenRefused(
                self.env._("No printer is chosen."),
                "unknown_printer",
                self.env._(
                    "Choose a default printer in Settings → Manufacturing → Label printing, "
                    "then press Retry."
                ),
            )
        return name

    # ------------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------------

    def action_retry(self):
        """Print what is missing; labels that are printed are not printed again."""
        self._check_may_steer()
        if any(job.status not in RETRYABLE_STATUSES for job in self):
            raise UserError(
                self.env._("Only jobs that failed or were cancelled can be printed again.")
            )
        never_accepted = self.filtered(lambda job: not job.service_job_id)
        if never_accepted:
            # sudo: the right was checked above; nobody has it on the table
            never_accepted.sudo()._requeue()
        for job in self - never_accepted:
            self.env["label.print.outbox"]._steer(job, "retry")
        self._log_by_user(self.env._("Retry asked for."))
        return True

    def action_cancel(self):
        """Withdraw jobs; those which were never sent are only marked."""
        self._check_may_steer()
        if any(job.status in ENDED_STATUSES for job in self):
            raise UserError(self.env._("Only jobs that have not ended can be cancelled."))
        # sudo: the right was checked above; nobody has it on the table
        withdrawn = self.sudo()._withdraw(self.env._("Withdrawn before it was sent."))
        for job in self - withdrawn.sudo(False):
            self.env["label.print.outbox"]._steer(job, "cancel")
        self._log_by_user(self.env._("Cancellation asked for."))
        return True

    def action_open_order(self):
        """Open the manufacturing order of the job."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "mrp.production",
            "res_id": self.mo_id.id,
            "views": [(False, "form")],
        }

    def _check_may_steer(self):
        self.check_access("read")
        if not self.env.user.has_group("label_print.group_supervisor"):
            raise AccessError(
                self.env._("Only a label printing supervisor may cancel or retry print jobs.")
            )

    def _log_by_user(self, text):
        # sudo: readers may post, but the note is ours
        for job in self.sudo():
            job._message_log(body=text, author_id=self.env.user.partner_id.id)

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

    # ------------------------------------------------------------------
    # State and news
    # ------------------------------------------------------------------

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

    def _tell_viewers(self):
        """Send the live figures to whoever has a list of jobs open.

        Channels do not know companies: ids and counters only, views read the rest
        under their own rights.
        """
        # sudo: the service and plain users may not read groups
        viewers = self.env.ref("label_print.group_user").sudo()
        for job in self:
            viewers._bus_send("label_print_job", job._prepare_live_values(), subchannel="JOBS")

    def _prepare_live_values(self):
        self.ensure_one()
        return {
            "id": self.id,
            "revision": self.revision,
            "status": self.status,
            "quantity": self.quantity,
            "current_label": self.current_label,
            "progress_percent": self.progress_percent,
            "progress_display": self.progress_display,
            "attention": self.attention or "",
            "attention_action": self.attention_action or "",
            "eta_seconds": self.eta_seconds,
        }

    def _tell_people(self, prepare):
        """Send a toast to the submitter and the followers, each in their language.

        :param prepare: name of the method that returns the toast of one job
        """
        for job in self:
            users = job.submitted_by | job.message_partner_ids.user_ids
            for user in users.filtered(lambda user: user.active and not user.share):
                job._send_toast(user, getattr(job.with_context(lang=user.lang), prepare)())

    @api.model
    def _send_toast(self, user, toast):
        """Send a toast with its time: the bus tells a new browser what it told before."""
        user._bus_send("label_print_notification", {**toast, "sent_at": int(time.time())})

    def _prepare_result_notification(self):
        """Return the one toast that tells how the job ended."""
        self.ensure_one()
        order = self.mo_id.name or self.env._("a deleted order")
        values = {"order": order, "printed": self.current_label, "quantity": self.quantity}
        toast = {"type": "danger", "sticky": True, "job_id": self.id}
        advice = " ".join(text for text in (self.error_message, self.error_action) if text)
        if self.status == "completed":
            toast.update(type="success", sticky=False, title=self.env._("Labels ready"))
            if self.quantity == 1:
                toast["message"] = self.env._("1 label printed for %(order)s.", **values)
            else:
                toast["message"] = self.env._(
                    "%(quantity)s labels printed for %(order)s.", **values
                )
        elif self.status == "cancelled":
            toast.update(type="info", sticky=False, title=self.env._("Printing cancelled"))
            toast["message"] = self.env._(
                "%(order)s: stopped after %(printed)s of %(quantity)s labels.", **values
            )
        elif self.status == "completed_with_errors":
            toast["title"] = self.env._("Labels missing")
            toast["message"] = self.env._(
                "%(order)s: %(printed)s of %(quantity)s labels printed. %(advice)s",
                **values,
                advice=advice,
            ).strip()
        else:
            toast["title"] = self.env._("Labels not printed")
            toast["message"] = self.env._(
                "%(order)s: %(printed)s of %(quantity)s labels printed. %(advice)s",
                **values,
                advice=advice,
            ).strip()
        return toast

    def _prepare_attention_notification(self):
        """Return the toast that calls a person to the printer."""
        self.ensure_one()
        where = self.printer_id.name
        if not where or self.attention_code == LOST_CODE:
            where = self.env._("A print job")
        advice = " ".join(text for text in (self.attention, self.attention_action) if text)
        return {
            "type": "warning",
            "title": self.env._("%(what)s needs a hand", what=where),
            "message": self.env._(
                "%(order)s, %(progress)s labels: %(advice)s",
                order=self.mo_id.name or self.env._("Deleted order"),
                progress=self.progress_display,
                advice=advice,
            ),
            "sticky": True,
            "job_id": self.id,
        }

    # ------------------------------------------------------------------
    # Export
    # ------------------------------------------------------------------

    @api.model
    def _export_header(self):
        """Return the titles of the columns of the export; times are the user's."""
        zone = self.env.tz.zone
        return [
            self.env._("Manufacturing order"),
            self.env._("Product"),
            self.env._("Job type"),
            self.env._("Status"),
            self.env._("Printed"),
            self.env._("Quantity"),
            self.env._("Printer"),
            self.env._("Submitted by"),
            self.env._("Created (%s)", zone),
            self.env._("Finished (%s)", zone),
            self.env._("Error"),
            "UUID",
        ]

    def _export_rows(self):
        """Return the cells of each job, in the order of the titles."""
        # Asked once: it looks up translations, and there may be a million rows.
        job_types, statuses = (
            dict(self._fields[name]._description_selection(self.env))
            for name in ("job_type", "status")
        )
        return [
            [
                job.mo_id.name,
                job.product_id.display_name,
                job_types.get(job.job_type),
                statuses.get(job.status),
                job.current_label,
                job.quantity,
                job.printer_id.name,
                job.submitted_by.name,
                self._export_moment(job.create_date),
                self._export_moment(job.finished_at),
                job.error_message,
                job.uuid,
            ]
            # sudo: names of what the job points at, which the user sees in the list as well
            for job in self.sudo()
        ]

    def _export_moment(self, moment):
        if not moment:
            return ""
        return fields.Datetime.context_timestamp(self, moment).strftime("%Y-%m-%d %H:%M:%S")

    # ------------------------------------------------------------------
    # The service calls
    # ------------------------------------------------------------------

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
        """Prove address, login, group and addon to the service.

        :return: addon, version, the server's time in UTC and the database's uuid
        """
        self._check_is_service()
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
