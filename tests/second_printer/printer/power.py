"""Power cuts, resets and the boot behind them (zebra.md 5.7)."""

import asyncio


class Power:
    """on, refused (nobody listens), silent (accepts and answers nothing), on again."""

    def __init__(self, printer):
        self._printer = printer
        self.state = "off"
        self.cuts = 0
        self._resets = set()

    def switch_on(self):
        """For the first time."""
        self.state = "on"
        self._printer.connections.listen()

    def reset(self, why):
        """By command: ~JR or device.reset (zebra.md 5.6)."""
        task = asyncio.create_task(self.cycle(0.0, why, by_command=True))
        self._resets.add(task)
        task.add_done_callback(self._resets.discard)

    async def cycle(self, off_seconds, why="power", by_command=False, unique_id=None, odometer=None):
        """Off for so long, then the boot. Another identity is another printer at the same address."""
        printer, knobs = self._printer, self._printer.knobs
        if self.state != "on":
            return
        self._lose_ram(why)
        if not by_command:
            printer.counters.lose_power()
        outlived = by_command and knobs.connections_outlive_reset
        self.state = "refused"
        printer.connections.stop_listening()
        if outlived:
            printer.parser.owner = None
        else:
            printer.connections.lose_power()
        printer.change.tell()
        await asyncio.sleep(off_seconds)
        if unique_id is not None:
            printer.counters.unique_id = unique_id
        if odometer is not None:
            printer.counters.labels = odometer
        printer.counters.boot()
        await asyncio.sleep(knobs.outlived_reset_seconds / 3 if outlived else knobs.boot_refused_seconds)
        printer.connections.listen()
        self.state = "silent"
        printer.change.tell()
        await asyncio.sleep(knobs.outlived_reset_seconds * 2 / 3 if outlived else knobs.boot_silent_seconds)
        self.state = "on"
        printer.condition.boot()
        printer.journal("booted", odometer=printer.counters.labels, unique_id=printer.counters.unique_id)
        printer.change.tell()

    def _lose_ram(self, why):
        """What was acknowledged by TCP was in RAM and nothing more."""
        printer = self._printer
        lost = printer.engine.lose_power(why) + printer.formats.lose_ram()
        printer.journal("RAM lost", why=why, lost=lost, odometer=printer.counters.labels)
        self.cuts += 1
        for connection in printer.connections.open_ones:
            connection.forget_bytes()
        printer.condition.boot()
