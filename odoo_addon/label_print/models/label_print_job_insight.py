import base64
from datetime import UTC

from odoo import models

from .. import platen_client, service_words
from .label_print_report import moment

LABELS_PER_PAGE = 500


class LabelPrintJob(models.Model):
    """What the service knows of a job and Odoo does not keep: its labels, their pictures, its story.

    Read when a person looks at it. A service that does not answer is told in the answer, as
    ``problem``: a form stays usable without it.
    """

    # One file for each responsibility.
    _inherit = "label.print.job"  # pylint: disable=consider-merging-classes-inherited

    def get_labels(self, after=0, limit=50):
        """Return a page of labels.

        :param int after: number of the last label before the page
        :return: ``{"labels": [...], "quantity": n}`` or ``{"problem": text, "is_asked": bool}``,
            where ``is_asked`` says that there will be an answer without asking again by hand
        """
        self._check_may_look()
        limit = max(1, min(int(limit), LABELS_PER_PAGE))
        page, problem = self._ask(platen_client.labels, max(0, int(after)), limit)
        if problem:
            return problem
        rows = [self._prepare_label_row(row) for row in page.get("labels") or ()]
        return {"labels": rows, "quantity": self.quantity}

    def _prepare_label_row(self, label):
        doubts = [doubt for doubt in label.get("doubts") or () if isinstance(doubt, dict)]
        return {
            "label": label.get("label"),
            "serial": label.get("serial") or "",
            "outcome": label.get("outcome") or "",
            "evidence": label.get("evidence") or "none",
            "printer": label.get("printer") or "",
            "attempt": label.get("attempt") or 0,
            "recorded_at": _text(label.get("recorded_at")),
            "doubts": len(doubts),
        }

    def get_label_picture(self, label=1):
        """Return ``{"png": base64}`` of one label as its printer gets it, or what ``get_labels`` has in its place."""
        self._check_may_look()
        png, problem = self._ask(platen_client.picture, int(label))
        if problem:
            return problem
        return {"png": base64.b64encode(png).decode()}

    def get_timeline(self):
        """Return what happened to the job, oldest first: here, and as the service tells it.

        :return: ``{"moments": [...], "problem": text or False, "is_asked": bool}``; without the
            service the moments are those that are stored here
        """
        self._check_may_look()
        told, problem = self._ask(platen_client.happenings) if self.service_job_id else ([], None)
        moments = [self._prepare_moment(event) for event in told or ()]
        moments += self._stored_moments(with_service=not told)
        moments.sort(key=lambda one: (one["at"], one["order"]))
        return {"moments": moments, **(problem or {"problem": False, "is_asked": False})}

    def _prepare_moment(self, event):
        attention = event.get("attention") or {}
        return {
            "at": _text(event.get("recorded_at")),
            "order": event.get("number") or 0,
            "what": event.get("what") or "",
            "current_label": event.get("current_label") or 0,
            "quantity": self.quantity,
            "printer": event.get("printer") or "",
            "labels": event.get("labels") or [],
            "message": service_words.in_words(
                self.env, attention.get("message") or event.get("error_message")
            ),
            "action": service_words.in_words(
                self.env, attention.get("action") or event.get("error_action")
            ),
        }

    def _stored_moments(self, with_service):
        """Return the moments of this side; with those of the service as far as they were told."""
        stored = [("requested", self.requested_at), ("sent", self.sent_at)]
        if with_service:
            stored += [
                ("printing", self.started_at),
                ("attention", self.attention_since),
                (self.status, self.finished_at),
            ]
        moments = []
        for order, (what, at) in enumerate(stored):
            if at:
                values = {"recorded_at": at.replace(tzinfo=UTC).isoformat(), "what": what}
                if what == "attention":
                    values["attention"] = {
                        "message": self.attention,
                        "action": self.attention_action,
                    }
                elif at == self.finished_at:
                    values["error_message"] = self.error_message
                    values["error_action"] = self.error_action
                printed = self.current_label if what == self.status else 0
                values.update(current_label=printed, printer=self.printer_id.name)
                moments.append({**self._prepare_moment(values), "order": order - len(stored)})
        return moments

    def _ask(self, question, *words):
        """Return the service's answer and no problem, or no answer and what is the matter."""
        if not self.service_job_id:
            problem = self.env._("The print service does not have this job yet.")
            return None, {"problem": problem, "is_asked": False}
        try:
            return question(platen_client.connection(self.env), self.uuid, *words), None
        except platen_client.PlatenError as error:
            is_asked = error.code == "service_asked"
            return None, {"problem": error.for_people(self.env), "is_asked": is_asked}

    def _check_may_look(self):
        self.ensure_one()
        self.check_access("read")


def _text(told):
    """Return a time as the browser takes it, or nothing."""
    at = moment(told)
    return at.strftime("%Y-%m-%d %H:%M:%S") if at else ""
