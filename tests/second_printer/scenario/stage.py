"""Plays one plan: printer, service, jobs, blows, person; and gives what there is to judge."""

import asyncio
import dataclasses
import json
import signal
import time

from printer import Printer
from scenario.api import Api
from scenario.blows import Blows
from scenario.jobs import Job
from scenario.person import Person
from scenario.service import Ports, Service
from scenario.watcher import Watcher

# Generous: a machine on which other things run is no finding. A job of which nothing new was heard for so long never
# ends; nor does one that is not done in the longest time, though a printer whose answers are slow may take minutes.
QUIET_SECONDS = 120.0
LONGEST_SECONDS = 420.0
READY_SECONDS = 60.0


class Stage:
    """Everybody finds the others here."""

    def __init__(self, plan, binary, folder, with_wire=False):
        self.plan, self._folder = plan, folder
        self.events = []
        self.ports = Ports()
        json_port = self.ports.json if plan.evidence == "two-channels" else None
        knobs = dataclasses.replace(plan.knobs)  # blows change some of them
        self.printer = Printer(self.ports.raw, json_port, knobs, self.events, with_wire)
        self.api = Api(self.ports.api)
        self.service = Service(binary, folder, self.ports, self.journal)
        self.jobs = [Job(self, index, planned) for index, planned in enumerate(plan.jobs)]
        self.blows, self.watcher, self.person = Blows(self), Watcher(self), Person(self)
        self.labels = {}  # by job: what the service says of each label in the end
        self.findings = []
        self.settle_seconds = None
        self._broken = []  # what went wrong in the check itself

    async def play(self):
        """From the first start to the last answer. The service is dead behind it, come what may."""
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGTERM, asyncio.current_task().cancel)
        loop.set_exception_handler(self._note_failure)
        background = []
        try:
            self.service.prepare(self.plan)
            await self.printer.start()
            self.service.start()
            await self._until_ready()
            background = [asyncio.create_task(one.run()) for one in (self.watcher, self.person)]
            submissions = [asyncio.create_task(job.submit()) for job in self.jobs]
            background += submissions
            await self.blows.run()
            await self._settle(submissions)
            for index, job in enumerate(self.jobs):
                self.labels[index] = await self.api.labels(job.uuid)
            while self.printer.engine.current is not None:
                await asyncio.sleep(0.05)
            self._broken += [repr(task.exception()) for task in background if task.done() and task.exception()]
            self._broken += [failure for failure in (self.printer.failure(),) if failure]
        finally:
            self.service.kill()
            for task in background:
                task.cancel()
            await self.printer.stop()
            self.ports.release()
            self._write_timeline()
        if self._broken:
            raise RuntimeError("the check itself failed: " + "; ".join(self._broken))

    def _note_failure(self, _loop, context):
        """An exception in a task that nobody waits for."""
        if "exception" in context:
            self._broken.append(repr(context["exception"]))

    async def _until_ready(self):
        end = time.monotonic() + READY_SECONDS
        while (await self.api.call("GET", "/readyz"))[0] != 200:
            if time.monotonic() > end or not self.service.is_running:
                raise RuntimeError("the service did not become ready; see service.log")
            await asyncio.sleep(0.1)

    async def _settle(self, submissions):
        """Nothing goes wrong any more: now all jobs must end."""
        self.journal("blows are over")
        settled_from = time.monotonic()
        while not self.printer.is_on:
            await asyncio.sleep(0.1)
        self.printer.unmute()
        self.printer.hands.mend()
        self.printer.hands.unpause()
        if not self.service.is_running:
            self.findings.append({"what": "service ended by itself", "exit_code": self.service.exit_code})
            self.service.start()
        await asyncio.gather(*submissions)
        # The answer on its way may be from before the last blow, which may have been a retry.
        rounds = self.watcher.rounds + 2
        while self.watcher.rounds < rounds or not self.watcher.all_ended():
            now = time.monotonic()
            if now - max(settled_from, self.watcher.moved_at) > QUIET_SECONDS or now - settled_from > LONGEST_SECONDS:
                break
            await asyncio.sleep(0.2)
            if self.printer.condition.paused:
                # As the service asks of whoever stands there; CANCEL, and the service's own caution, leave a pause.
                self.printer.hands.unpause("person")
        self.settle_seconds = round(time.monotonic() - settled_from, 1)
        await asyncio.sleep(0.5)

    async def act(self, path, body=None):
        """A person presses a button."""
        code, answer = await self.api.call("POST", path, body if body is not None else {})
        self.journal("person", path=path, body=body, code=code, refused=None if code and code < 300 else answer)
        return code, answer

    async def act_until_done(self, path):
        """A person who gets no answer presses again: what is held must be let go."""
        for _ in range(100):
            code, _answer = await self.act(path)
            if code is not None:
                return
            await asyncio.sleep(0.3)

    def journal(self, event, /, **details):
        """Remembers what happened, on the printer's clock."""
        self.events.append((self.printer.seconds(), "check", event, details))

    def _write_timeline(self):
        with open(self._folder / "timeline.txt", "w", encoding="utf-8") as timeline:
            for seconds, who, event, details in sorted(self.events, key=lambda one: one[0]):
                timeline.write(f"{seconds:9.3f} {who:8} {event:28} {json.dumps(details, default=str)}\n")
