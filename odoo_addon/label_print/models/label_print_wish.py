import json
import logging
from urllib.parse import unquote
from uuid import uuid4

from odoo import api, fields, models

from .. import platen_client
from .label_print_job import ENDED_STATUSES

_logger = logging.getLogger(__name__)

#: What is only looked at; see ``label_print_wish_question.py``.
QUESTION_VERBS = ("labels", "picture", "events")
JOB_VERBS = ("cancel", "retry", "pause", "resume", "resolve")
PRINTER_VERBS = ("pause", "resume", "test", "probe")
#: Wishes of one call; people press few buttons in a second.
WISHES_PER_FETCH = 50


class LabelPrintWish(models.Model):
    """What a person asked of the service while Odoo has no way to it.

    Lives until the service says what became of it. Handing it out again is harmless: the
    service counts a wish that is fulfilled already as done.
    """

    _name = "label.print.wish"
    _description = "Label Print Wish"
    _order = "id"

    uuid = fields.Char(
        string="UUID", required=True, readonly=True, default=lambda self: str(uuid4())
    )
    verb = fields.Char(required=True, readonly=True)
    job_uuid = fields.Char(string="Job", readonly=True, index="btree_not_null")
    printer_name = fields.Char(string="Printer", readonly=True)
    body = fields.Text(readonly=True, help="What was asked in detail, in JSON.")
    user_id = fields.Many2one(
        "res.users", readonly=True, required=True, default=lambda self: self.env.user
    )
    handed_out_at = fields.Datetime(readonly=True)
    attempts = fields.Integer(
        readonly=True, aggregator=None, help="How often it was handed to the service."
    )

    _uuid_unique = models.Constraint("UNIQUE(uuid)", "This wish exists already.")

    @api.model
    def _post(self, method, path, body):
        """Keep a request for the service until it is fetched.

        :return: an answer that says nothing but that it comes later
        :raises platen_client.PlatenUnavailable: for what cannot wait, such as a question
        """
        if method == "GET":
            return self._ask(path)
        words = [unquote(word) for word in path.strip("/").split("/")]
        values = None
        if method == "POST" and len(words) == 4:
            _api, kind, target, verb = words
            if kind == "jobs" and verb in JOB_VERBS:
                values = {"verb": verb, "job_uuid": target}
            elif kind == "printers" and verb in PRINTER_VERBS:
                values = {"verb": verb, "printer_name": target}
        if not values:
            self._raise_no_way()
        values["body"] = json.dumps(body or {})
        # sudo: the right was checked by whoever asks; nobody has it on the table
        wishes = self.sudo()
        same = [(name, "=", value) for name, value in values.items()]
        if not wishes.search_count([*same, ("attempts", "=", 0)], limit=1):
            wishes.create({**values, "user_id": self.env.uid})
        return {"deferred": True, "name": values.get("printer_name"), "uuid": values.get("job_uuid")}

    @api.model
    def _raise_no_way(self):
        raise platen_client.PlatenUnavailable(
            self.env._("Odoo cannot ask the print service: it fetches its jobs from here."),
            "service_fetches",
            self.env._("Look at the page of the print service itself."),
        )

    @api.model
    def _hand_out(self, again_before):
        """Return the wishes that wait, oldest first; those handed out since are not repeated."""
        # sudo: the service has no right on any table, only this road
        wishes = self.sudo().search(
            [
                ("answered_at", "=", False),
                "|",
                ("handed_out_at", "=", False),
                ("handed_out_at", "<", again_before),
            ],
            limit=WISHES_PER_FETCH,
        )
        wishes = wishes.try_lock_for_update()
        for wish in wishes:
            wish.write({"handed_out_at": fields.Datetime.now(), "attempts": wish.attempts + 1})
        return [wish._prepare_for_service() for wish in wishes]

    def _prepare_for_service(self):
        self.ensure_one()
        return {
            "uuid": self.uuid,
            "verb": self.verb,
            "job": self.job_uuid or False,
            "printer": self.printer_name or False,
            # Text, because XML-RPC knows neither null nor large integers.
            "body": self.body,
            "attempt": self.attempts,
        }

    @api.model
    def _settle(self, report):
        """Take in what became of a wish; one that was settled before is settled."""
        # sudo: the service has no right on any table, only this road
        wish = self.sudo().search([("uuid", "=", str(report.get("uuid")))])
        if not wish:
            return
        if wish.verb in QUESTION_VERBS:
            wish._take_answer(report)
            return
        if report.get("code"):
            wish._refused(report)
        wish.unlink()

    def _refused(self, report):
        """Tell the person, in the service's words, why nothing came of it."""
        job = self.env["label.print.job"].search([("uuid", "=", self.job_uuid)])
        is_lost = report["code"] == "not_found" and job and job.status not in ENDED_STATUSES
        if self.verb == "cancel" and is_lost:
            # It was never taken, or the service does not know it any more: nothing to be stopped.
            job._end("cancelled", message=self.env._("The print service does not have it."))
            return
        words = [report.get("message"), report.get("action")]
        text = " ".join(word for word in words if word) or report["code"]
        _logger.info("The wish to %s was refused: %s", self.verb, report["code"])
        toast = {
            "type": "danger",
            "title": self.env._("Not done"),
            "message": text,
            "sticky": True,
        }
        if job:
            job._message_log(body=text)
            toast.update(title=job.display_name, job_id=job.id)
        elif self.printer_name:
            toast["title"] = self.printer_name
        self.env["label.print.job"]._send_toast(self.user_id, toast)
