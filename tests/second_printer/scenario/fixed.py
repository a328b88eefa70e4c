"""The scenarios of every `make test`: natures that can be judged, on each kind of printer."""

from scenario.plan import draw

LABELS = 30
# So many that a good part of them waits in the printer when they are cancelled.
MANY_LABELS = 130

FIXED = (
    (1, "two-channels", "kills"),
    (2, "two-channels", "power"),
    (3, "two-channels", "media"),
    (4, "two-channels", "slowdown"),
    (5, "two-channels", "boot"),
    (6, "two-channels", "silence"),
    (7, "raw", "kills"),
    (8, "raw", "connections"),
    (9, "raw", "power"),
    (10, "raw", "pauses"),
    (11, "raw", "slow"),
    (12, "raw", "media"),
    (13, "hs", "kills"),
    (14, "hs", "slow"),
    (15, "blind", "connections"),
    (16, "blind", "media"),
    (17, "two-channels", "cancel_all"),
    (18, "raw", "cancel_all"),
)


def fixed_plans():
    """Always the same ones."""
    return [draw(seed, evidence, nature, _labels(nature)) for seed, evidence, nature in FIXED]


def _labels(nature):
    return MANY_LABELS if nature == "cancel_all" else LABELS
