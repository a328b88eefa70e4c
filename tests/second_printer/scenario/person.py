"""Who stands beside the printer: reads what the service says, looks at the paper, and answers truthfully."""

import asyncio
import time

from scenario.api import numbers

# Where the service holds a job until somebody has looked at the printer.
HOLDS = ("foreign_labels", "counter_contradiction", "wrong_printer", "verification_contradiction")
HOLD_SECONDS = 10.0


class Person:
    """Answers when nothing moves any more: before that nobody can know."""

    def __init__(self, stage):
        self._stage = stage
        self.answers = {}  # by job and label: when and what
        self._held_since = None

    async def run(self):
        """Until the scenario is over."""
        idle_since = None
        while True:
            await asyncio.sleep(0.1)
            if not self._stage.printer.is_idle():
                idle_since = None
                continue
            idle_since = idle_since or time.monotonic()
            if time.monotonic() - idle_since < self._stage.plan.answer_delay_seconds + 0.3:
                continue
            asked = [index for index, status in self._stage.watcher.status.items() if numbers(status["unconfirmed"])]
            for index in asked:
                await self._answer(index)
            await self._let_go(is_asked=bool(asked))
            await asyncio.sleep(0.5)

    async def _answer(self, index):
        job, paper = self._stage.jobs[index], self._stage.printer.paper
        unconfirmed = numbers(self._stage.watcher.status[index]["unconfirmed"])
        for lies_there in (True, False):
            labels = [label for label in unconfirmed if bool(paper.whole_at(job.label_ids[label - 1])) == lies_there]
            if not labels:
                continue
            answer = {"labels": ",".join(map(str, labels)), "printed": lies_there}
            code, _body = await self._stage.act(f"/api/jobs/{job.uuid}/resolve", answer)
            if code == 200:
                for label in labels:
                    given = self.answers.setdefault((index, label), [])
                    given.append((self._stage.printer.seconds(), lies_there))

    async def _let_go(self, is_asked):
        """Takes up a job that is held for somebody to look, once all questions are answered."""
        codes = [status["attention"]["code"] for status in self._stage.watcher.status.values() if status["attention"]]
        if is_asked or not any(code in HOLDS for code in codes):
            self._held_since = None
            return
        self._held_since = self._held_since or time.monotonic()
        if time.monotonic() - self._held_since > HOLD_SECONDS:
            self._held_since = None
            for job in self._stage.jobs:
                await self._stage.act(f"/api/jobs/{job.uuid}/resume")
