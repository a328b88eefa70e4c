"""A second simulated printer, and the real service in front of it. `--help` says how."""

import argparse
import asyncio
import os
import pathlib
import shutil
import sys
import tempfile

import crowd
from play import play
from scenario.fixed import fixed_plans
from scenario.natures import BEYOND, EVIDENCES, NATURES
from scenario.plan import draw

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
AGAIN = "tests/second_printer/run.sh --binary {binary} --play {folder} --wire"


def _arguments():
    natures = "\n".join(
        f"  {name:14}{nature.what}{' (cannot be decided)' if name in BEYOND else ''}"
        for name, nature in NATURES.items()
    )
    evidences = "\n".join(f"  {name:14}{what}" for name, what in EVIDENCES.items())
    parser = argparse.ArgumentParser(
        prog="tests/second_printer/run.sh",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description="Plays scenarios of faults with a simulated printer that is independent of the service's own one, "
        "and judges what the\nservice says by what lies on the paper. Exit code 1: something is wrong.",
        epilog=f"evidence:\n{evidences}\n\nnatures:\n{natures}",
    )
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--fixed", action="store_true", help="the eighteen scenarios of `make test` (the default)")
    what.add_argument("--seed", type=int, help="one scenario")
    what.add_argument("--seeds", metavar="FIRST-LAST", help="a range of scenarios")
    what.add_argument("--play", metavar="FOLDER", help="the plan.json that was kept in this folder, again")
    parser.add_argument("--evidence", choices=EVIDENCES, help="what the printer can be asked, instead of by seed")
    parser.add_argument("--nature", choices=NATURES, help="what goes wrong, instead of by seed")
    parser.add_argument("--labels", type=int, help="how many labels, instead of by seed")
    parser.add_argument(
        "--beyond", action="store_true", help="draw also what cannot be decided; told apart, no failure"
    )
    parser.add_argument("--at-once", type=int, default=6, help="scenarios at the same time (6)")
    parser.add_argument("--minutes", type=float, help="begin none after so many minutes")
    parser.add_argument("--keep", action="store_true", help="keep the folders of all scenarios, not only of wrong ones")
    parser.add_argument("--wire", action="store_true", help="write each byte into timeline.txt")
    parser.add_argument(
        "--binary",
        default=os.environ.get("PLATEN_BINARY", REPOSITORY / "target" / "debug" / "platen"),
        help="the service (PLATEN_BINARY, or target/debug/platen)",
    )
    return parser, parser.parse_args()


def _plans(parser, arguments):
    if arguments.seed is None and arguments.seeds is None:
        return fixed_plans()
    if arguments.labels is not None and arguments.labels < 12:
        parser.error("--labels must be 12 or more, so that three jobs can share them")
    first, last = arguments.seed, arguments.seed
    if arguments.seeds:
        parts = arguments.seeds.split("-")
        if len(parts) != 2 or not all(part.isdigit() for part in parts):
            parser.error("--seeds takes two numbers, as in 1-200")
        first, last = map(int, parts)
    if arguments.nature and arguments.evidence and arguments.evidence not in NATURES[arguments.nature].evidences:
        parser.error(f"{arguments.nature} makes no sense with {arguments.evidence}")
    return [
        draw(seed, arguments.evidence, arguments.nature, arguments.labels, arguments.beyond)
        for seed in range(first, last + 1)
    ]


def _play_one(folder, binary, with_wire):
    """What is kept of the last time is overwritten."""
    for leftover in ("zpl_templates", "platen.db", "platen.db-wal", "platen.db-shm", "service.log"):
        path = pathlib.Path(folder) / leftover
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    result = play(folder, binary, with_wire)
    print(f"{folder}: {crowd.verdict(result)}")
    return 1 if crowd.is_wrong(result) else 0


def main():
    """Exit code 0 when all is well, 1 when something is wrong, 2 for a wrong call."""
    parser, arguments = _arguments()
    binary = pathlib.Path(arguments.binary).resolve()
    if not os.access(binary, os.X_OK):
        parser.error(f"there is no service at {binary}: run `cargo build`, or name one with --binary")
    if arguments.play:
        return _play_one(arguments.play, binary, arguments.wire)
    plans = _plans(parser, arguments)
    folder = pathlib.Path(tempfile.mkdtemp(prefix="second-printer-"))
    players = crowd.Crowd(folder, binary, max(1, arguments.at_once), arguments.keep, arguments.wire)
    stopped = False
    try:
        asyncio.run(players.play(plans, arguments.minutes))
    except (KeyboardInterrupt, asyncio.CancelledError):
        stopped = True
    _tell(players.results, len(plans), binary)
    if arguments.keep:
        print(f"all folders are in {folder}")
    elif not any(folder.iterdir()):
        folder.rmdir()
    if stopped:
        return 130
    return 1 if any(map(crowd.is_wrong, players.results)) else 0


def _tell(results, planned, binary):
    """The table, and what somebody has to look at."""
    print("\n" + crowd.summary(results))
    if len(results) < planned:
        print(f"{planned - len(results)} of {planned} were not played to their end")
    for result in sorted(results, key=lambda one: one["seed"]):
        if result["failure"] or result.get("findings"):
            print(f"seed {result['seed']}, {result['nature']}: {crowd.verdict(result)}")
            for reason in result.get("beyond", []):
                print(f"    the printer, or somebody at it: {reason}")
            print("    kept, and played again with: " + AGAIN.format(binary=binary, folder=result["folder"]))


if __name__ == "__main__":
    sys.exit(main())
