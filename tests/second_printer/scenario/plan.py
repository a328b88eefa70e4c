"""What will happen in a scenario: all of it follows from the seed, the evidence and the nature."""

import dataclasses
import json
import random

from printer import Knobs
from scenario.natures import BEYOND, KINDS_BEYOND, NATURES, undecidable


# How often a printer of each kind is drawn: the more can be asked, the more can be got wrong.
WEIGHTS = {"two-channels": 3, "raw": 2, "hs": 2, "blind": 1}


@dataclasses.dataclass
class PlannedJob:
    """A job as it will be submitted."""

    labels: int
    at_seconds: float
    priority: int
    is_ready_zpl: bool  # ready ZPL instead of a template

    def label_ids(self, index):
        """What stands on its labels; nothing else on any paper looks like this."""
        return [f"K{index + 1}-{number:04d}" for number in range(1, self.labels + 1)]


@dataclasses.dataclass
class Blow:
    """Something that goes wrong, a moment after so many labels lie there: on a slow machine as on a fast one.

    `length` and `gap` are shares of what makes sense for its kind, 0 to 1.
    """

    kind: str
    after_labels: int
    then_seconds: float
    length: float
    gap: float
    times: int
    fault: str
    hand_seconds: float  # how long a person needs to mend something


@dataclasses.dataclass
class Plan:
    """A whole scenario."""

    seed: int
    evidence: str
    nature: str
    service_profile: str | None  # None: the service finds out by itself
    knobs: Knobs
    jobs: list[PlannedJob]
    blows: list[Blow]
    answer_delay_seconds: float

    def undecidable(self):
        """Why nobody could judge this one (empty: it can be judged)."""
        return undecidable(self.knobs, [blow.kind for blow in self.blows])

    def to_json(self):
        """For the folder of the scenario."""
        return json.dumps(dataclasses.asdict(self), indent=1)

    @classmethod
    def from_json(cls, text):
        """As it was written."""
        values = json.loads(text)
        values["knobs"] = Knobs(**values["knobs"])
        values["jobs"] = [PlannedJob(**job) for job in values["jobs"]]
        values["blows"] = [Blow(**blow) for blow in values["blows"]]
        return cls(**values)


def draw(seed, evidence=None, nature=None, labels=None, beyond=False):
    """The scenario of this seed. What is given is not drawn; nothing undecidable is drawn unless asked for."""
    chance = random.Random(f"{seed}/{evidence}/{nature}/{labels}/{beyond}")
    weights = {name: weight for name, weight in WEIGHTS.items() if not nature or name in NATURES[nature].evidences}
    evidence = evidence or chance.choices(list(weights), weights=list(weights.values()))[0]
    possible = [name for name in NATURES if evidence in NATURES[name].evidences and (beyond or name not in BEYOND)]
    nature = nature or chance.choice(possible)
    labels = labels or (chance.randint(120, 180) if nature == "cancel_all" else chance.randint(30, 90))
    knobs = _knobs(chance, beyond)
    service_profile = _evidence(chance, evidence, knobs)
    knobs = dataclasses.replace(knobs, **NATURES[nature].knobs)
    jobs = _jobs(chance, labels, one_job=nature == "cancel_all")
    blows = _blows(chance, evidence, nature, labels, beyond)
    if any(blow.kind == "half" for blow in blows):
        # Only its idle time-out frees the parser of a printer whose host is gone (zebra.md 4.5).
        knobs.idle_close_seconds = chance.choice([4, 8])
    return Plan(seed, evidence, nature, service_profile, knobs, jobs, blows, chance.choice([0.3, 1.0]))


def _knobs(chance, beyond):
    knobs = Knobs(
        label_ms=chance.choice([20, 30, 50, 80, 110, 150]),
        buffer_bytes=chance.choice([1500, 3000, 4096, 16384, 65536, 1 << 20]),
        socket_buffer_bytes=chance.choice([2304, 4096, 16384]),
        compose_ahead=chance.choice([1, 2, 3]),
        count_at=chance.choice(["end", "presented"]),
        hs_in_fault=chance.choice(["answer", "answer", "silent"]),
        boot_refused_seconds=chance.choice([0.1, 0.5, 1.5]),
        boot_silent_seconds=chance.choice([0.0, 0.5, 2.5]),
        boot_drops=chance.random() < 0.5,
        boot_garbage=chance.choice(["", "", "\r\nZebra boot\r\n"]),
        setting_terminator=chance.choice(["", "\r\n"]),
        etx_trailer=chance.random() < 0.7,
        reply_delay_ms=chance.choice([0, 0, 0, 5, 40, 150]),
        reply_fragment_bytes=chance.choice([0, 0, 0, 1, 3, 7, 30]),
        reply_merge=chance.random() < 0.15,
        eee_counts_staged=chance.random() < 0.5,
        u_mode=chance.choice(["started", "finished", "busy"]),
        power_connections=chance.choice(["rst", "half"]),
        parser_sticky_seconds=chance.choice([0.0, 0.0, 1.0]),
        xa_restarts=chance.random() < 0.3,
        fin_drops_data=chance.random() < 0.15,
        json_unknown_null=chance.random() < 0.5,
        idle_close_seconds=chance.choice([300, 300, 300, 4, 8]),
    )
    if chance.random() < 0.35:
        knobs.max_connections = chance.choice([1, 1, 2])
        knobs.second_connection = chance.choice(["accept-silent", "refuse"])
    if beyond:
        knobs.count_at = chance.choice(["start", "end", "presented"])
        knobs.reprint_counts = chance.random() < 0.4
        knobs.odometer_loss_on_power_cut = chance.choice([0, 0, 1, 5])
        knobs.connections_outlive_reset = chance.random() < 0.4
    return knobs


def _evidence(chance, evidence, knobs):
    """What this printer can be asked; returns the profile that the service is told, if any."""
    if evidence in ("two-channels", "raw"):
        return chance.choice([None, "zebra"])
    knobs.odometer_loss_on_power_cut, knobs.connections_outlive_reset = 0, False
    if evidence == "blind":
        knobs.blind = True
        return "blind"
    knobs.label_counter_present = False
    family = chance.choice(["V45", "partial", "clone"])  # zebra.md 4.8, 9
    if family == "partial":
        knobs.settings = "partial"
        return chance.choice([None, "zebra-legacy"])
    knobs.settings, knobs.answers_hq = "none", False
    if family == "clone":
        knobs.answers_hi = False
        knobs.u_mode = chance.choice([knobs.u_mode, "garbage"])
        return "zpl-generic"
    return chance.choice([None, "zebra-legacy"])


def _jobs(chance, labels, one_job):
    count = 1 if one_job else chance.choice([1, 1, 2, 3])
    ends = sorted(chance.sample(range(5, labels - 4), count - 1)) + [labels]
    starts = [0] + ends[:-1]
    return [
        PlannedJob(
            end - start,
            0.0 if index == 0 else round(chance.random() * 3, 2),
            chance.choice([5, 5, 3, 8]),
            chance.random() < 0.2,
        )
        for index, (start, end) in enumerate(zip(starts, ends, strict=True))
    ]


def _blows(chance, evidence, nature, labels, beyond):
    kinds = list(NATURES[nature].kinds)
    if nature == "mixed":
        kinds += KINDS_BEYOND if beyond and evidence in ("two-channels", "raw") else []
    once = NATURES[nature].once
    count = 1 if once else chance.randint(3, 7) if nature == "mixed" else chance.randint(1, 4)
    # Some before the first label, and some behind the last one.
    first, last = (labels // 4, labels * 2 // 3) if once else (0, labels)
    blows = [
        Blow(
            kind=chance.choice(kinds),
            after_labels=chance.randint(first, last),
            then_seconds=round(chance.choice([0.1, 0.1, 1.5]) * chance.random(), 3),
            length=round(chance.random(), 4),
            gap=round(chance.random(), 4),
            times=chance.randint(1, 4),
            fault=chance.choice(["paper", "ribbon", "head"]),
            hand_seconds=2.0,
        )
        for _ in range(count)
    ]
    return sorted(blows, key=lambda blow: blow.after_labels)
