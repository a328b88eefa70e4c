import base64
import json
from datetime import timedelta
from urllib.parse import parse_qsl, unquote, urlsplit

from odoo import api, fields, models
from odoo.fields import Domain

from .. import platen_client
from .label_print_wish import QUESTION_VERBS

#: A job that prints has news each second; people need not see its labels as often.
ASK_AGAIN_SECONDS = 2
KEPT_MINUTES = 10


class LabelPrintWish(models.Model):
    """What a person wants to look at, while Odoo has no way to ask: asked by the way of wishes.

    The answer is kept for a while, and given to whoever asks the same. The form that asked
    hears of it as of any news of its job, and asks again.
    """

    # One file for each responsibility.
    _inherit = "label.print.wish"  # pylint: disable=consider-merging-classes-inherited

    asked_at = fields.Datetime(readonly=True, help="Last; of what is only looked at.")
    answer = fields.Text(readonly=True, prefetch=False, help="In JSON, as the service told it.")
    answered_at = fields.Datetime(readonly=True)
    answered_revision = fields.Integer(
        readonly=True, aggregator=None, help="Of the job, when the answer came."
    )

    @api.model
    def _ask(self, path):
        """Return the last answer to a question about a job, and ask where it is not the newest.

        :raises platen_client.PlatenUnavailable: while there is none, and for other questions
        """
        values = self._prepare_question(path)
        if not values:
            self._raise_no_way()
        # sudo: the right was checked by whoever asks; nobody has it on the table
        wish = self.sudo().search([(name, "=", value) for name, value in values.items()], limit=1)
        if not wish:
            wish = wish.create(
                {**values, "user_id": self.env.uid, "asked_at": fields.Datetime.now()}
            )
        elif wish._is_outdated() and wish.try_lock_for_update():
            wish.write(
                {
                    "asked_at": fields.Datetime.now(),
                    "answered_at": False,
                    "handed_out_at": False,
                    "attempts": 0,
                }
            )
        if not wish.answer:
            raise platen_client.PlatenUnavailable(
                self.env._("The print service was asked; it comes by in a moment."),
                "service_asked",
            )
        answer = json.loads(wish.answer)
        if answer.get("code"):
            raise platen_client.PlatenRefused(
                answer.get("message") or answer["code"], answer["code"], answer.get("action") or ""
            )
        return base64.b64decode(answer["png"]) if "png" in answer else answer

    @api.model
    def _prepare_question(self, path):
        parts = urlsplit(path)
        words = [unquote(word) for word in parts.path.strip("/").split("/")]
        query = {name: int(value) for name, value in parse_qsl(parts.query)}
        match words:
            case ["api", "jobs", uuid, "labels" | "events" as verb]:
                body = query
            case ["api", "jobs", uuid, "labels", label, "picture" as verb]:
                body = {"label": int(label)}
            case _:
                return None
        return {"verb": verb, "job_uuid": uuid, "body": json.dumps(body)}

    def _is_outdated(self):
        """Tell whether the job moved since the answer, which is not brand-new either."""
        self.ensure_one()
        if not self.answered_at or self.verb == "picture":
            return False
        pause = timedelta(seconds=ASK_AGAIN_SECONDS)
        job = self._job()
        return (
            job.revision > self.answered_revision
            and self.answered_at + pause < fields.Datetime.now()
        )

    def _job(self):
        return self.env["label.print.job"].search([("uuid", "=", self.job_uuid)])

    def _take_answer(self, report):
        """Keep the answer, or the refusal, and let the forms of the job know."""
        self.ensure_one()
        words = {name: report.get(name) or "" for name in ("code", "message", "action")}
        job = self._job()
        self.write(
            {
                "answer": report.get("answer") or json.dumps(words),
                "answered_at": fields.Datetime.now(),
                "answered_revision": job.revision,
            }
        )
        job._tell_viewers()

    @api.autovacuum
    def _gc_answers(self):
        """Forget answers which nobody looks at any more, and questions that got none."""
        before = fields.Datetime.now() - timedelta(minutes=KEPT_MINUTES)
        unanswered = Domain(
            [("verb", "in", QUESTION_VERBS), ("answered_at", "=", False)]
        ) & Domain(["|", ("asked_at", "=", False), ("asked_at", "<", before)])
        self.search(Domain("answered_at", "<", before) | unanswered).unlink()
