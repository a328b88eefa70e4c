"""Plays the plan that lies in a folder, and writes there what came of it."""

import asyncio
import collections
import json
import pathlib
import traceback

from judge import judge
from scenario.plan import Plan
from scenario.stage import LONGEST_SECONDS, Stage

BLOWS_SECONDS = 90.0  # the longest plan has less


def play(folder, binary, with_wire):
    """One scenario, in this process."""
    folder = pathlib.Path(folder)
    plan = Plan.from_json((folder / "plan.json").read_text())
    stage = Stage(plan, binary, folder, with_wire)
    result = {
        "seed": plan.seed,
        "evidence": plan.evidence,
        "nature": plan.nature,
        "blows": [blow.kind for blow in plan.blows],
        "beyond": plan.undecidable(),
        "findings": [],
        "failure": None,
    }
    try:
        asyncio.run(asyncio.wait_for(stage.play(), BLOWS_SECONDS + LONGEST_SECONDS))
        result["findings"] = judge(stage)
    except (Exception, asyncio.CancelledError):  # pylint: disable=broad-exception-caught
        # Whatever it was: the check said nothing about the service, and that is told.
        result["failure"] = traceback.format_exc()
    sheets = stage.printer.paper.sheets
    result.update(
        labels=sum(job.labels for job in plan.jobs),
        whole=sum(1 for sheet in sheets if sheet.whole and not sheet.foreign),
        torn=sum(1 for sheet in sheets if not sheet.whole),
        power_cuts=stage.printer.power.cuts,
        kills=stage.blows.kill_count,
        asked=len(stage.watcher.asked),
        settle_seconds=stage.settle_seconds,
        kinds=dict(collections.Counter(finding["what"] for finding in result["findings"])),
    )
    (folder / "result.json").write_text(json.dumps(result, indent=1, default=str))
    return result
