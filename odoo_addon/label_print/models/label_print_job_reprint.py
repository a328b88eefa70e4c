from odoo import api, fields, models

class LabelPrintJob(models.Model):
    """Labels once more, as a job of its own that names the first one and a reason."""

    # One file for each responsibility.
    _inherit = "label.print.job"  # pylint: disable=consider-merging-classes-inherited

    reprint_of_id = fields.Many2one(
        "label.print.job",
        string="Reprint of",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )
    reprint_ids = fields.One2many("label.print.job", "reprint_of_id", string="Reprint Jobs")
    reprint_count = fields.Integer(string="Reprints", compute="_compute_reprint_count")
    reprint_labels = fields.Char(
        string="Labels Reprinted", readonly=True, copy=False, help="Numbers of the first job."
    )
    reprint_reason = fields.Char(string="Reason", readonly=True, copy=False)
    reprint_marked = fields.Boolean(
        string="Marked as Reprint", readonly=True, copy=False, help="REPRINT stands on each label."
    )

    def _compute_reprint_count(self):
        counts = dict(
            self._read_group([("reprint_of_id", "in", self.ids)], ["reprint_of_id"], ["__count"])
        )
        for job in self:
            job.reprint_count = counts.get(job, 0)

    def _enqueue_reprint(self, labels, quantity, reason, marked):
        """Ask for labels of this job once more; the outbox sends the wish after the commit.

        :param str labels: as people write them, ``3, 7-12``
        """
        self.ensure_one()
        values = {
            "mo_id": self.mo_id.id,
            "product_id": self.product_id.id,
            "subject": self.subject,
            "company_id": self.company_id.id,
            "job_type": "reprint",
            "template": self.template,
            "printer_id": self.printer_id.id,
            "quantity": quantity,
            "submitted_by": self.env.uid,
            "reprint_of_id": self.id,
            "reprint_labels": labels,
            "reprint_reason": reason,
            "reprint_marked": marked,
        }
        reprint = self._enqueue_values([values])
        # sudo: who may reprint need not see who follows the job
        self.sudo()._tell_people(
            "_prepare_reprint_notification", but=self.env.user, reprint=reprint, by=self.env.user
        )
        return reprint

    def _prepare_service_job(self):
        if not self.reprint_of_id:
            return super()._prepare_service_job()
        return {
            "uuid": self.uuid,
            "reprint_of": self.reprint_of_id.uuid,
            "labels": self.reprint_labels.replace(" ", ""),
            "reason": self.reprint_reason,
            "mark": self.reprint_marked,
            **self._prepare_destination(),
            "submitted_by": self.submitted_by.name or "",
        }

    @api.model
    def _count_body_labels(self, body):
        # They are a text there; how many they are was counted when they were asked for.
        return 0 if "reprint_of" in body else super()._count_body_labels(body)

    def _is_orphaned(self):
        # The goods are there already, whatever became of the order.
        return not self.reprint_of_id and super()._is_orphaned()

    def action_open_reprints(self):
        """Open the jobs that repeat labels of this one."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id("label_print.label_print_job_action")
        action["domain"] = [("reprint_of_id", "=", self.id)]
        action["context"] = {}
        return action

