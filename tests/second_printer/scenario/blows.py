"""What goes wrong, blow by blow."""

import asyncio
import time

LONGEST_WAIT_SECONDS = 60.0  # for labels that do not come: the next blow comes all the same
FOREIGN_ID = "XXZZZ999"
CANCEL_ALL_LABELS = 16  # more than are written between two answers
CANCEL_ALL_TRIES = 500


class Blows:
    """Each kind is a method of that name."""

    def __init__(self, stage):
        self._stage = stage
        self.dealt = []  # kinds, as often as they really came
        self.kill_count = 0

    async def run(self):
        """All blows of the plan at their time; they may overlap."""
        until = time.monotonic() + LONGEST_WAIT_SECONDS
        tasks = []
        for blow in self._stage.plan.blows:
            while self._stage.printer.paper.different_whole() < blow.after_labels and time.monotonic() < until:
                if self._stage.watcher.all_ended():
                    break  # cancelled: no more will come
                await asyncio.sleep(0.01)
            tasks.append(asyncio.create_task(self._deal(blow)))
        await asyncio.gather(*tasks)

    async def _deal(self, blow):
        await asyncio.sleep(blow.then_seconds)
        self._stage.journal("blow", kind=blow.kind, length=blow.length, gap=blow.gap, times=blow.times)
        if await getattr(self, blow.kind)(blow) is not False:
            self.dealt.append(blow.kind)
        self._stage.journal("blow is over", kind=blow.kind)

    def _kill(self):
        self.kill_count += 1
        self._stage.service.kill()

    # --- the service ---

    async def kill(self, blow):
        """Killed, and started again soon."""
        async with self._stage.service.lock:
            self._kill()
            await asyncio.sleep(blow.length**2 * 2)
            self._stage.service.start()

    async def kills(self, blow):
        """Killed again before it has recovered."""
        async with self._stage.service.lock:
            for number in range(blow.times + 1):
                self._kill()
                await asyncio.sleep(0.05 + blow.length * 0.3)
                self._stage.service.start()
                await asyncio.sleep(0.05 + blow.gap * (1.0 if number % 2 else 0.4))

    async def term(self, blow):
        """Stopped as it should be."""
        async with self._stage.service.lock:
            self.kill_count += 1
            await self._stage.service.stop()
            await asyncio.sleep(blow.length * 0.5)
            self._stage.service.start()

    async def freeze(self, blow):
        """Stands still."""
        async with self._stage.service.lock:
            await self._stage.service.freeze(0.3 + blow.length * 4)

    # --- the printer's power ---

    async def power(self, blow):
        """Off and on, now and then twice."""
        for _ in range(2 if blow.times == 4 else 1):
            await self._stage.printer.power.cycle(blow.length)
            await asyncio.sleep(blow.gap)

    async def reset(self, _blow):
        """~JR from somewhere."""
        self._stage.printer.power.reset("~JR")
        await asyncio.sleep(0.5)

    async def kill_power(self, blow):
        """Both die, one shortly before the other."""
        printer, off_seconds = self._stage.printer, blow.gap * 0.8
        async with self._stage.service.lock:
            if blow.length < 0.3:
                cycle = asyncio.create_task(printer.power.cycle(off_seconds))
                await asyncio.sleep(blow.length * 0.4)
                self._kill()
            else:
                self._kill()
                await asyncio.sleep((blow.length - 0.3) * 1.2)
                cycle = asyncio.create_task(printer.power.cycle(off_seconds))
            if blow.gap < 0.5:
                await cycle
            else:
                await asyncio.sleep(blow.gap * 0.5)
            self._stage.service.start()
            await cycle

    # --- the network ---

    async def rst(self, _blow):
        """Connections are reset."""
        self._stage.printer.connections.cut("rst")

    async def fin(self, _blow):
        """Connections are closed."""
        self._stage.printer.connections.cut("fin")

    async def half(self, _blow):
        """Nothing passes any more, and nobody says so."""
        self._stage.printer.connections.cut("half")

    # --- pauses ---

    async def pause(self, blow):
        """PAUSE, and PAUSE again."""
        self._stage.printer.hands.pause()
        await asyncio.sleep(0.2 + blow.length * 3)
        self._stage.printer.hands.unpause()

    async def kill_paused(self, blow):
        """The service dies while the printer is paused."""
        self._stage.printer.hands.pause()
        await asyncio.sleep(0.1 + blow.length * 0.4)
        async with self._stage.service.lock:
            self._kill()
            await asyncio.sleep(blow.gap)
            self._stage.service.start()
        await asyncio.sleep(blow.length * 3)
        self._stage.printer.hands.unpause()

    async def paused_power(self, blow):
        """The power goes while it is paused."""
        self._stage.printer.hands.pause()
        await asyncio.sleep(0.2 + blow.length)
        await self._stage.printer.power.cycle(blow.gap * 0.5)

    async def printer_held(self, blow):
        """A person holds the printer in the service."""
        await self._stage.act("/api/printers/second/pause")
        await asyncio.sleep(0.2 + blow.length * 2)
        await self._stage.act_until_done("/api/printers/second/resume")

    async def job_held(self, blow):
        """A person holds a job."""
        job = self._stage.jobs[0]
        if not job.is_accepted:
            return False
        await self._stage.act(f"/api/jobs/{job.uuid}/pause")
        await asyncio.sleep(0.2 + blow.length * 2)
        await self._stage.act_until_done(f"/api/jobs/{job.uuid}/resume")
        return True

    async def withdrawn(self, blow):
        """A person cancels a job, and half of the times wants it after all."""
        accepted = [job for job in self._stage.jobs if job.is_accepted]
        if not accepted:
            return False
        job = accepted[int(blow.length * len(accepted))]
        job.is_cancelled = True
        await self._stage.act(f"/api/jobs/{job.uuid}/cancel")
        if blow.gap < 0.5:
            await asyncio.sleep(0.5 + blow.gap * 4)
            await self._stage.act(f"/api/jobs/{job.uuid}/retry")
        return True

    # --- paper, ribbon, head ---

    async def media(self, blow):
        """Stops in the middle of a label, until somebody comes."""
        await self._break(blow, between=None)

    async def media_power(self, blow):
        """And the power goes while it stands."""
        await self._break(blow, between=self._stage.printer.power.cycle(blow.gap * 0.5))

    async def media_kill(self, blow):
        """And the service dies while it stands."""
        await self._break(blow, between=self._kill_and_start(blow.gap * 0.5))

    async def _break(self, blow, between):
        """Breaks, stands, is mended by hand; somebody presses PAUSE (zebra.md 5.5)."""
        self._stage.printer.hands.break_media(blow.fault)
        await asyncio.sleep(0.1 + blow.length * 0.7)
        if between is not None:
            await between
        await asyncio.sleep(blow.gap * 2.5 + blow.hand_seconds)
        self._stage.printer.hands.mend()
        await asyncio.sleep(0.1 + blow.length * 0.5)
        self._stage.printer.hands.unpause()

    async def _kill_and_start(self, dead_seconds):
        async with self._stage.service.lock:
            self._kill()
            await asyncio.sleep(dead_seconds)
            self._stage.service.start()

    # --- answers ---

    async def mute(self, blow):
        """No answers, and none of them later."""
        self._stage.printer.mute(0.5 + blow.length * 6, late=False)
        await asyncio.sleep(0.5 + blow.length * 6)

    async def mute_late(self, blow):
        """No answers, and then all of them."""
        self._stage.printer.mute(0.5 + blow.length * 6, late=True)
        await asyncio.sleep(0.5 + blow.length * 6)

    async def slow(self, blow):
        """Answers take long for a while."""
        knobs = self._stage.printer.knobs
        before, knobs.reply_delay_ms = knobs.reply_delay_ms, 200 + int(blow.length * 1500)
        await asyncio.sleep(1 + blow.gap * 3)
        knobs.reply_delay_ms = before

    async def slowdown(self, blow):
        """Answers take long from now on."""
        self._stage.printer.knobs.reply_delay_ms = 300 + int(blow.length * 700)

    async def fragments(self, blow):
        """Answers come in pieces from now on."""
        self._stage.printer.knobs.reply_fragment_bytes = 1 + int(blow.length * 6)

    # --- what happens at the printer and is told by nothing but its counters ---

    async def cancel_all(self, _blow):
        """~JA from another program, as soon as many labels wait."""
        printer = self._stage.printer
        for _ in range(CANCEL_ALL_TRIES):
            if len(printer.formats.waiting) >= CANCEL_ALL_LABELS:
                printer.hands.cancel_all("another program")
                return True
            await asyncio.sleep(0.02)
        return False

    async def cancel_key(self, blow):
        """CANCEL, once or several times."""
        hands = self._stage.printer.hands
        for _ in range(blow.times):
            hands.cancel_key()
            await asyncio.sleep(0.1)
        await asyncio.sleep(0.3 + blow.gap)
        hands.unpause()

    async def cancel_kill(self, blow):
        """CANCEL while the service is dead."""
        hands = self._stage.printer.hands
        async with self._stage.service.lock:
            self._kill()
            for _ in range(blow.times):
                hands.cancel_key()
                await asyncio.sleep(0.02)
            await asyncio.sleep(blow.gap)
            self._stage.service.start()
        await asyncio.sleep(0.3 + blow.gap)
        hands.unpause()

    async def foreign(self, blow):
        """Another sender's labels."""
        self._stage.printer.hands.send_foreign(blow.times)

    async def foreign_kill(self, blow):
        """Another sender's labels while the service is dead."""
        async with self._stage.service.lock:
            self._kill()
            self._stage.printer.hands.send_foreign(blow.times)
            await asyncio.sleep(blow.gap)
            self._stage.service.start()

    async def counter_back(self, blow):
        """The counter goes back."""
        self._stage.printer.counters.set_back(20 + int(blow.length * 100))

    async def swap(self, blow):
        """Another printer at the address for a while."""
        printer = self._stage.printer
        own_id, own_labels = printer.counters.unique_id, printer.counters.labels
        other_labels = own_labels + 7 if blow.length < 0.5 else 500
        await printer.power.cycle(0.2, "swap", unique_id=FOREIGN_ID, odometer=other_labels)
        await asyncio.sleep(8)
        while not printer.is_on:
            await asyncio.sleep(0.1)
        await printer.power.cycle(0.2, "swap back", unique_id=own_id, odometer=own_labels)
