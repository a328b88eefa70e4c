"""Many scenarios at once, each in a process of its own, and how they are told."""

import asyncio
import collections
import json
import pathlib
import shutil
import signal
import sys
import time

LONGEST_SECONDS = 600.0  # a scenario ends by itself before
HERE = pathlib.Path(__file__).parent


class Crowd:
    """Plays plans, so many at once, and prints a line for each."""

    def __init__(self, folder, binary, at_once, keep, with_wire):
        self._folder, self._binary, self._keep, self._with_wire = folder, binary, keep, with_wire
        self._free = asyncio.Semaphore(at_once)
        self._began_at = time.monotonic()
        self.results = []
        self._planned = 0
        self._begin_until = float("inf")

    async def play(self, plans, minutes=None):
        """All of them, or those that can be begun in so many minutes. Ctrl-C ends each, and what each has started."""
        self._begin_until = time.monotonic() + minutes * 60 if minutes else float("inf")
        self._planned = len(plans)
        tasks = [asyncio.create_task(self._play(plan)) for plan in plans]
        ended_by = asyncio.current_task()
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, ended_by.cancel)
        try:
            await asyncio.gather(*tasks)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _play(self, plan):
        async with self._free:
            if time.monotonic() > self._begin_until:
                return
            folder = self._folder / f"{plan.seed}-{plan.evidence}-{plan.nature}"
            folder.mkdir()
            (folder / "plan.json").write_text(plan.to_json())
            try:
                result = await self._play_folder(folder) or {"failure": "ended without a result"}
            except asyncio.CancelledError:
                shutil.rmtree(folder, ignore_errors=True)
                raise
            result = {"seed": plan.seed, "evidence": plan.evidence, "nature": plan.nature, "folder": folder, **result}
            self.results.append(result)
            print(self._line(result), flush=True)
            if not self._keep and not result.get("findings") and not result["failure"]:
                shutil.rmtree(folder)

    async def _play_folder(self, folder):
        arguments = ["--play", folder, "--binary", self._binary] + (["--wire"] if self._with_wire else [])
        with open(folder / "check.log", "wb") as log:
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-B", HERE, *arguments, stdout=log, stderr=log, stdin=asyncio.subprocess.DEVNULL
            )
            try:
                await asyncio.wait_for(process.wait(), LONGEST_SECONDS)
            finally:
                await _end(process)
        written = folder / "result.json"
        return json.loads(written.read_text()) if written.exists() else None

    def _line(self, result):
        seconds = time.monotonic() - self._began_at
        told = verdict(result)
        return (
            f"{len(self.results):4}/{self._planned} {seconds:5.0f} s  seed {result['seed']:<6} "
            f"{result['evidence']:13}{result['nature']:12} {result.get('whole', 0):4} labels, "
            f"{result.get('kills', 0)} kills, {result.get('power_cuts', 0)} power cuts, "
            f"{result.get('asked', 0)} asked: {told}"
        )


async def _end(process):
    """By its own end of a stopped scenario, which ends the service with it; else by force."""
    if process.returncode is not None:
        return
    process.terminate()
    try:
        await asyncio.wait_for(process.wait(), 15)
    except TimeoutError:
        process.kill()
        await process.wait()


def verdict(result):
    """In one phrase."""
    if result["failure"]:
        return "the check failed"
    if not result["findings"]:
        return "all is well"
    found = ", ".join(f"{what} ({times})" if times > 1 else what for what, times in result["kinds"].items())
    return ("beyond what can be decided: " if result["beyond"] else "WRONG: ") + found


def is_wrong(result):
    """Something somebody has to look at."""
    return bool(result["failure"]) or (bool(result["findings"]) and not result["beyond"])


def summary(results):
    """The table at the end."""
    columns = ("evidence", "scenarios", "labels", "torn", "kills", "power cuts", "asked", "wrong", "beyond")
    rows = collections.defaultdict(lambda: [0] * 8)
    for result in results:
        beyond = bool(result.get("beyond") and result.get("findings"))
        told = [result.get(name, 0) for name in ("whole", "torn", "kills", "power_cuts", "asked")]
        for name in (result["evidence"], "all"):
            row = rows[name]
            for column, value in enumerate([1, *told, int(is_wrong(result)), int(beyond)]):
                row[column] += value
    rows["all"] = rows.pop("all", [0] * 8)
    lines = ["".join([f"{columns[0]:14}", *(f"{name:>12}" for name in columns[1:])])]
    lines += ["".join([f"{name:14}", *(f"{value:12}" for value in row)]) for name, row in rows.items()]
    return "\n".join(lines)
