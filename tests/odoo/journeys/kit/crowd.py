"""Many people at once, some of whose calls end badly, on an Odoo whose workers die."""

import os
import signal
import threading
import time
import xmlrpc.client
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from xml.parsers.expat import ExpatError

from .orders import Orders
from .rpc import Refused

#: What a call that lost its worker looks like from outside: nobody knows what became of it. One that dies behind the
#: head of its answer leaves a page without a word.
LOST = (OSError, xmlrpc.client.ProtocolError, xmlrpc.client.ResponseError, EOFError, ExpatError)


def children_of(pid):
    """The processes a process has started."""
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


class Reaper(threading.Thread):
    """Kills one worker of an Odoo after every few calls, as the kernel does when memory runs out.

    Not by the clock: a worker needs seconds before it answers for the first time, and on a slow machine none would.
    """

    def __init__(self, parent, crowd, calls_apart):
        super().__init__(daemon=True)
        self._parent, self._crowd, self._calls_apart = parent, crowd, calls_apart
        self._enough = threading.Event()
        self.killed = 0

    def run(self):
        before = {}
        while not self._enough.wait(0.05):
            # Requests and crons alike; Odoo starts others in their place.
            workers = {pid: ticks_of(pid) for pid in children_of(self._parent) if not is_evented(pid)}
            work = {pid: ticks - before.get(pid, ticks) for pid, ticks in workers.items()}
            before = workers
            if self._crowd.calls < (self.killed + 1) * self._calls_apart or not any(work.values()):
                continue
            # The busiest: one that waits for work loses nothing.
            try:
                os.kill(max(work, key=work.get), signal.SIGKILL)
                self.killed += 1
            except ProcessLookupError:
                pass

    def stop(self):
        self._enough.set()
        self.join()


def ticks_of(pid):
    """How long a process has worked, in the kernel's ticks."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return int(fields[11]) + int(fields[12])
    except OSError:
        return 0


def is_evented(pid):
    """Is it the one that serves websockets? Nobody in the crowd has a browser."""
    try:
        return b"gevent\0" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return True


class Rival(threading.Thread):
    """Writes the orders that are being split, so that PostgreSQL refuses one of the two."""

    def __init__(self, caller, crowd):
        super().__init__(daemon=True)
        self._caller, self._crowd = caller, crowd
        self._enough = threading.Event()

    def run(self):
        number = 0
        while not self._enough.wait(0.02):
            at_work = list(self._crowd.at_work.values())
            if not at_work:
                continue
            number += 1
            order = at_work[number % len(at_work)]
            try:
                self._caller.write("mrp.production", order, origin=f"Rival {number}")
            except (Refused, *LOST):
                continue

    def stop(self):
        self._enough.set()
        self.join()


class Crowd:
    """``people`` callers, each at his own pace, sharing a list of things to do."""

    def __init__(self, callers, products):
        self._desks = [Orders(caller, products) for caller in callers]
        self.refused, self.lost = [], []
        self.calls = 0
        self.at_work = {}

    def split(self, orders, quantities, spoiled):
        """Split all orders; those in ``spoiled`` are rolled back after the split was carried out."""
        with ThreadPoolExecutor(len(self._desks)) as pool:
            list(pool.map(lambda at: self._split_share(orders[at :: len(self._desks)], at, quantities, spoiled),
                          range(len(self._desks))))  # fmt: skip

    def _split_share(self, orders, at, quantities, spoiled):
        for order in orders:
            # A piece without a date is refused by the database at the very end.
            spoil = {"date": False} if order in spoiled else {}
            wizard = self._patiently(at, order, quantities, spoil)
            self.at_work[at] = order
            try:
                self._desks[at].carry_out(wizard)
            except Refused as refusal:
                self.refused.append((order, str(refusal)))
            except LOST as error:
                self.lost.append((order, str(error)))
            self.calls += 1
            del self.at_work[at]

    def _patiently(self, at, order, quantities, spoil):
        """The wizard, opened again while workers die: opening it changes nothing."""
        deadline = time.monotonic() + 60
        while True:
            try:
                return self._desks[at].prepare_split(order, quantities, **spoil)
            except LOST:
                if time.monotonic() > deadline:
                    raise
