"""The head and the paper under it (zebra.md 5.5, 10.1)."""

import time

from printer.paper import Sheet

MOVING, OUT = "moving", "out"  # can still be torn; lies there, not yet at rest
SHARE_MOVING = 0.8


class Engine:
    """Prints one label after the other while nothing keeps it from it."""

    def __init__(self, printer):
        self._printer = printer
        self.current = None
        self.torn = None  # will be printed again when the fault is mended (zebra.md 5.5, ^JZY)
        self._phase = None
        self._power = 0  # rises with each power cut: what was going on before is no more

    @property
    def at_rest(self):
        """Nothing moves and nothing is to be printed again."""
        return self.current is None and self.torn is None

    async def run(self):
        """For as long as the printer exists."""
        printer = self._printer
        while True:
            if not printer.is_on or not printer.condition.can_print or not (self.torn or printer.formats.composed):
                await printer.change.wait()
                continue
            again, label = self.torn is not None, self.torn or printer.formats.composed.pop(0)
            self.torn, self.current, self._phase = None, label, MOVING
            printer.formats.compose()
            printer.change.tell()
            await self._print(label, again)

    async def _print(self, label, again):
        printer, power, label_seconds = self._printer, self._power, self._printer.knobs.label_ms / 1000
        if printer.knobs.count_at == "start" and (not label.counted or printer.knobs.reprint_counts):
            self._count(label)
        if not await self._move(label_seconds * SHARE_MOVING, power):
            if power == self._power:
                self._tear(label)
            return
        self._phase = OUT
        if printer.knobs.count_at == "end":
            self._count(label)
        await self._come_to_rest(label_seconds * (1 - SHARE_MOVING), power)
        if power != self._power:
            return
        # zebra.md 10.1, label completion: paper to rest, then the counter, then the reply of ^HV.
        self._put(label, whole=True, why="again" if again else "")
        if printer.knobs.count_at == "presented":
            self._count(label)
        if label.verification:
            printer.send(label.connection, label.verification)
        label.copies -= 1
        label.counted = False
        if label.copies > 0:
            printer.formats.composed.insert(0, label)
        self.current = self._phase = None
        printer.change.tell()

    def _tear(self, label):
        """A fault stops it in the middle."""
        self._put(label, whole=False, why="fault " + ",".join(sorted(self._printer.condition.faults)))
        if self._printer.knobs.reprint_counts and not label.counted:
            self._printer.counters.count_label()
        self.current = self._phase = None
        if label.reprinted_when_torn:
            self.torn = label
        self._printer.change.tell()

    def lose_power(self, why):
        """The label under the head stays as it is and is not printed again (zebra.md 5.7)."""
        if self.current is not None:
            self._put(self.current, whole=self._phase == OUT, why=why)
        lost = self.torn
        self.current = self.torn = self._phase = None
        self._power += 1
        return [lost.label_id] if lost else []

    def _count(self, label):
        self._printer.counters.count_label()
        label.counted = True

    def _put(self, label, whole, why):
        sheet = Sheet(self._printer.seconds(), label.label_id, whole, label.foreign, why)
        self._printer.paper.put(sheet)
        self._printer.journal(
            "paper", label=label.label_id, whole=whole, why=why, odometer=self._printer.counters.labels
        )

    async def _move(self, seconds, power):
        """False when a fault or a power cut came first."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if power != self._power or self._printer.condition.faults:
                return False
            await self._printer.change.wait(end - time.monotonic())
        return power == self._power and not self._printer.condition.faults

    async def _come_to_rest(self, seconds, power):
        end = time.monotonic() + seconds
        while time.monotonic() < end and power == self._power:
            await self._printer.change.wait(end - time.monotonic())
