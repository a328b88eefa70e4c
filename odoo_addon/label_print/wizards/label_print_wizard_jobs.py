from markupsafe import Markup

from odoo import api, models
from odoo.exceptions import AccessError, UserError

from .. import platen_client
from ..label_findings import finding_html, notice
from .label_print_wizard import count_labels, prepare_payload


class LabelPrintWizard(models.TransientModel):
    """The buttons: try, take another printer, print."""

    # One file for each responsibility.
    _inherit = "label.print.wizard"  # pylint: disable=consider-merging-classes-inherited

    def action_use_suggested_printer(self):
        """Take the printer which was offered instead."""
        self.ensure_one()
        if self.suggested_printer_id:
            self.printer_id = self.suggested_printer_id
        return self._reopen()

    def action_try(self):
        """Have the service check every batch as if it were printed; nothing prints."""
        self._check_may_print()
        link = platen_client.connection(self.env)
        notices = []
        for content in self._checked_contents():
            job = self.env["label.print.job"].new(self._prepare_job_values(content))
            try:
                answer = platen_client.try_job(link, job._prepare_service_job())
            except platen_client.PlatenRefused as refusal:
                notices.append(
                    notice("error", refusal.message, refusal.action, content["title"])
                )
            except platen_client.PlatenError as error:
                raise UserError(error.for_people(self.env)) from error
            else:
                warning = answer.get("warning")
                if warning:
                    notices.append(
                        notice("warning", warning.get("message"), warning.get("action"))
                    )
                notices += [finding_html(self.env, row) for row in answer.get("findings") or ()]
        if not notices:
            notices = [
                notice(
                    "success", self.env._("Everything can be printed. Nothing was printed yet.")
                )
            ]
        # A printer's trouble is told once, however many batches there are.
        self.trial_html = Markup().join(dict.fromkeys(notices))
        return self._reopen()

    def action_print(self):
        """Ask for the labels, and show their jobs."""
        self._check_may_print()
        self._records().check_access("read")
        jobs = self.env["label.print.job"]._enqueue_values(
            [self._prepare_job_values(content) for content in self._checked_contents()]
        )
        action = self.env["ir.actions.act_window"]._for_xml_id("label_print.label_print_job_action")
        if len(jobs) == 1:
            return {**action, "views": [(False, "form")], "res_id": jobs.id}
        return {**action, "domain": [("id", "in", jobs.ids)], "context": {}}

    def _checked_contents(self):
        """Return what is printed, or say what is missing for it."""
        self.ensure_one()
        contents = self._contents()
        missing = [line.name for line in self.value_ids if line.is_required and not line.value]
        if missing:
            raise UserError(self.env._("Give a value for: %s.", ", ".join(missing)))
        if self.copies < 1 or not all(map(count_labels, contents)):
            raise UserError(self.env._("The numbers of labels and of copies are at least 1."))
        return contents

    def _prepare_job_values(self, content):
        """Return the values of the job of one batch."""
        record = content["record"]
        return {
            "mo_id": record.id if record._name == "mrp.production" else False,
            "subject": False if record._name == "mrp.production" else content["title"],
            "product_id": content["product"].id,
            "company_id": content["company"].id,
            "job_type": "manual",
            "content": prepare_payload(content),
            "quantity": count_labels(content) * self.copies,
            "copies": self.copies,
            "priority": int(self.priority),
            "printer_id": self.printer_id.id,
            "template": self.template_id.name,
            "submitted_by": self.env.uid,
        }

    @api.model
    def _check_may_print(self):
        if not self.env.user.has_group("label_print.group_user"):
            raise AccessError(self.env._("You need the right to print labels."))
