"""Asks for the status of all jobs again and again, and holds it against the paper."""

import asyncio
import dataclasses
import time

from scenario.api import ENDED, numbers

POLL_SECONDS = 0.15
AHEAD_LABELS = 1  # a counter that moves with the paper is a moment ahead of it


@dataclasses.dataclass
class Question:
    """A label the service asked about."""

    seconds: float
    lay_there: int  # how many of it lay there then


class Watcher:
    """What the API said, and where that cannot be true."""

    def __init__(self, stage):
        self._stage = stage
        self.status = {}  # by job
        self.asked = {}  # by job and label
        self.findings = []
        self.rounds = 0  # answers heard
        self.moved_at = 0.0  # when a label, a job or a question was last heard to have moved on
        self._ahead = 0

    async def run(self):
        """Until the scenario is over."""
        while True:
            uuids = {job.uuid: index for index, job in enumerate(self._stage.jobs) if job.is_accepted}
            if uuids and self._stage.service.is_running:
                code, answer = await self._stage.api.call("POST", "/api/status", {"ids": list(uuids)})
                if code == 200:
                    self._compare(uuids, answer)
                    self.rounds += 1
            await asyncio.sleep(POLL_SECONDS)

    def all_ended(self):
        """No job is open and no label is asked about."""
        return len(self.status) == len(self._stage.jobs) and all(
            status["status"] in ENDED and not numbers(status["unconfirmed"]) for status in self.status.values()
        )

    def _compare(self, uuids, answer):
        # The paper is read after the answer: it can only be further.
        whole = self._stage.printer.paper.different_whole()
        confirmed = 0
        for status in answer["jobs"]:
            confirmed += status["current_label"]
            self._take(uuids[status["uuid"]], status)
        if confirmed - whole > max(AHEAD_LABELS, self._ahead):
            self._ahead = confirmed - whole
            self._find("confirmed ahead of the paper", confirmed=confirmed, whole=whole)
        for uuid in answer.get("unknown", []):
            self._find("accepted job forgotten", job=uuids.get(uuid))

    def _take(self, index, status):
        before = self.status.get(index)
        if before is None or _told(before) != _told(status):
            self._stage.journal("status", job=index, **_told(status))
        if before and status["revision"] < before["revision"]:
            self._find("revision went back", job=index, before=before["revision"], now=status["revision"])
        if before is None or _place(before) != _place(status):
            self.moved_at = time.monotonic()
        self.status[index] = status
        for label in numbers(status["unconfirmed"]):
            lay_there = len(self._stage.printer.paper.whole_at(self._stage.jobs[index].label_ids[label - 1]))
            self.asked.setdefault((index, label), Question(self._stage.printer.seconds(), lay_there))

    def _find(self, what, **details):
        self.findings.append({"what": what, "seconds": self._stage.printer.seconds(), **details})
        self._stage.journal(what, **details)


def _place(status):
    """Attention may come and go without anything that moves."""
    return status["status"], status["current_label"], status["unconfirmed"]


def _told(status):
    attention = status["attention"]
    return {
        "status": status["status"],
        "tens": status["current_label"] // 10,
        "unconfirmed": status["unconfirmed"],
        "attention": attention and attention["code"],
    }
