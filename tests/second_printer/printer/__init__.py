"""A simulated Zebra printer, made from zebra.md alone and without knowledge of the service or its own simulator.

socket -> receive buffer -> parser -> format queue -> composer (ahead) -> engine (a timer) -> counters (zebra.md 10.1)
"""

import asyncio
import time

from printer.change import Change
from printer.condition import Condition
from printer.connections import Connections
from printer.counters import Counters
from printer.engine import Engine
from printer.formats import Formats
from printer.hands import Hands
from printer.knobs import Knobs
from printer.paper import Paper
from printer.parser import Parser
from printer.power import Power
from printer.replies import Replies
from printer.settings import Settings

__all__ = ["Knobs", "Printer"]


class Printer:
    """All parts together. They meet here: each holds the printer and finds the others through it."""

    def __init__(self, raw_port, json_port, knobs, events, with_wire=False):
        self.raw_port, self.json_port, self.knobs = raw_port, json_port, knobs
        self.events, self._with_wire = events, with_wire
        self._switched_on_at = time.monotonic()
        self._muted_until, self._is_late_when_muted = 0.0, False
        self._tasks = []
        self.change = Change()
        self.paper = Paper()
        self.counters = Counters(knobs)
        self.condition = Condition()
        self.formats = Formats(self)
        self.engine = Engine(self)
        self.parser = Parser(self)
        self.replies = Replies(self)
        self.settings = Settings(self)
        self.connections = Connections(self)
        self.hands = Hands(self)
        self.power = Power(self)

    async def start(self):
        """Switches it on."""
        self.power.switch_on()
        self._tasks = [asyncio.create_task(run()) for run in (self.parser.run, self.engine.run, self.connections.tend)]

    async def stop(self):
        """Takes it away."""
        for task in self._tasks:
            task.cancel()
        self.connections.stop()
        await asyncio.sleep(0)

    def failure(self):
        """What ended one of its tasks before their time, if anything did: then the scenario says nothing."""
        for task in self._tasks:
            if task.done() and not task.cancelled() and task.exception():
                return repr(task.exception())
        return None

    # --- how it is ---

    @property
    def is_on(self):
        """Booted."""
        return self.power.state == "on"

    def bytes_held(self):
        """What fills the receive buffer (zebra.md 7.3)."""
        return self.formats.bytes_held() + sum(
            len(one.incoming) for one in self.connections.open_ones if one.kind == "raw"
        )

    def is_idle(self):
        """At rest: nothing moves, nothing waits, nothing is unread. A person can say now what lies there."""
        unread = any(one.incoming and not one.is_silent for one in self.connections.open_ones if one.kind == "raw")
        waiting = self.formats.waiting or self.formats.composed
        return self.is_on and self.engine.at_rest and not waiting and not unread

    # --- replies ---

    def send(self, connection, data):
        """A reply to the connection that asked, if anything is to leave at all (zebra.md 4.5, 10.4)."""
        if self.knobs.blind or connection is None or not connection.is_open or connection.is_cut or not self.is_on:
            return
        now = time.monotonic()
        due_at = now + self.knobs.reply_delay_ms / 1000
        if now < self._muted_until:
            if not self._is_late_when_muted:
                return
            due_at = max(due_at, self._muted_until)
        self.wire("printer", connection, data)
        connection.send(due_at, data)

    def mute(self, seconds, late):
        """Answers nothing for so long; `late`: all of it comes at the end (zebra.md 10.4, 3 and 6)."""
        self.journal("mute", seconds=seconds, late=late)
        self._muted_until, self._is_late_when_muted = time.monotonic() + seconds, late

    def unmute(self):
        """Answers again."""
        self._muted_until = 0.0

    # --- the journal ---

    def seconds(self):
        """Since it was first switched on: the clock of the whole scenario."""
        return round(time.monotonic() - self._switched_on_at, 4)

    def journal(self, event, /, **details):
        """Remembers what happened."""
        self.events.append((self.seconds(), "printer", event, details))

    def wire(self, sender, connection, data):
        """Remembers the bytes, when somebody wants to read them."""
        if self._with_wire:
            self.events.append(
                (self.seconds(), sender, "bytes", {"connection": connection.number, "data": data.decode("latin1")})
            )
