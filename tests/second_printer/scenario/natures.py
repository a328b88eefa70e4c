"""Kinds of trouble, and what of them no counter could tell apart."""

import dataclasses

EVIDENCES = {
    "two-channels": "the label counter, over the JSON port and between the labels",
    "raw": "the label counter, on the print port alone",
    "hs": "~HS only: what is still buffered",
    "blind": "nothing can be asked",
}
WITH_COUNTER = ("two-channels", "raw")


@dataclasses.dataclass(frozen=True)
class Nature:
    """What goes wrong in such a scenario."""

    kinds: tuple[str, ...]
    what: str
    evidences: tuple[str, ...] = tuple(EVIDENCES)
    knobs: dict = dataclasses.field(default_factory=dict)
    once: bool = False  # one blow while labels print, instead of several at any time


KILLS = ("kill", "kills", "term", "freeze")
CONNECTIONS = ("rst", "half", "fin")
POWER = ("power", "kill_power", "reset")
PAUSES = ("pause", "kill_paused", "paused_power", "printer_held", "job_held")
MEDIA = ("media", "media_kill", "media_power")
SILENCE = ("mute", "mute_late")
SLOW = ("slow", "fragments")

NATURES = {
    "kills": Nature(KILLS, "the service is killed, stopped or frozen"),
    "connections": Nature(CONNECTIONS, "the network is cut: RST, FIN or silence"),
    "power": Nature(POWER, "the printer's power is cut or it is reset, with the service alive or dead"),
    "pauses": Nature(PAUSES, "PAUSE at the printer, a printer or a job held by a person"),
    "media": Nature(MEDIA, "out of labels or ribbon, head open, with a kill or a power cut behind it"),
    "silence": Nature(SILENCE, "no answers for a while, or all of them late"),
    "slow": Nature(SLOW, "answers slow or in pieces for a while"),
    "slowdown": Nature(("slowdown",), "from some label on each answer is slow, for good", once=True,
                       knobs={"reply_delay_ms": 5, "idle_close_seconds": 300}),
    "boot": Nature(("power",), "power cuts, and a boot that throws away what it accepts",
                   knobs={"boot_drops": True, "boot_silent_seconds": 2.5}),
    "withdrawn": Nature(("withdrawn", "kill"), "a job is cancelled, and half of them taken up again"),
    "cancel_all": Nature(("cancel_all",), "~JA while many labels wait in the printer", evidences=WITH_COUNTER,
                         once=True, knobs={"buffer_bytes": 1 << 20, "label_ms": 30, "reply_delay_ms": 5}),
    "mixed": Nature(KILLS * 2 + CONNECTIONS + POWER * 2 + PAUSES + MEDIA * 2 + SILENCE + SLOW, "all of these"),
    "cancel": Nature(("cancel_key", "cancel_kill"), "CANCEL at the printer", evidences=WITH_COUNTER),
    "foreign": Nature(("foreign", "foreign_kill"), "another sender's labels", evidences=WITH_COUNTER),
    "counter": Nature(("counter_back", "swap"), "another printer at the address, a counter that goes back",
                      evidences=WITH_COUNTER),
}  # fmt: skip
BEYOND = ("cancel", "foreign", "counter")
KINDS_BEYOND = [kind for name in BEYOND for kind in NATURES[name].kinds]

LOSES_RAM = {"power", "kill_power", "reset", "media_power", "paused_power", "swap"}
WITHOUT_SERVICE = {"kill", "kills", "term", "kill_power", "kill_paused", "media_kill", "foreign_kill", "cancel_kill"}


def undecidable(knobs, kinds):
    """What in a scenario may come out wrong because nothing that a printer says would show it (empty: nothing)."""
    kinds, reasons = set(kinds), []
    if kinds & LOSES_RAM:
        if knobs.count_at == "start":
            reasons.append("counts when a label begins, and loses power in the middle of it")
        if knobs.odometer_loss_on_power_cut:
            reasons.append("loses counts with the power")
    if knobs.reprint_counts and kinds & set(MEDIA):
        reasons.append("counts a torn label twice, after a fault that may have been too short to be seen")
    if knobs.connections_outlive_reset and "reset" in kinds and kinds & WITHOUT_SERVICE:
        reasons.append("connections outlive a reset, and the service is dead")
    if kinds & {"cancel_key", "cancel_kill"}:
        reasons.append("CANCEL at the printer")
    if kinds & {"foreign", "foreign_kill"}:
        reasons.append("another sender's labels")
    if kinds & {"counter_back", "swap"}:
        reasons.append("another counter")
    return reasons
