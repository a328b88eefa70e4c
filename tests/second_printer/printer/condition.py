"""Whether the printer may print: pause and faults (zebra.md 2.2, 10.1)."""

FAULT_BITS = {"paper": 0x1, "ribbon": 0x2, "head": 0x4}
PAUSED_BIT = 0x10000


class Condition:
    """What keeps the engine from the next label."""

    def __init__(self):
        self.paused = False
        self.faults = set()  # paper, ribbon, head
        self.garbage_batch = 0  # what a clone shows as `u` after its head was open (zebra.md 9.3)

    @property
    def can_print(self):
        """No pause and no fault."""
        return not self.paused and not self.faults

    def mask(self):
        """Group 1 of the errors of ~HQES."""
        mask = PAUSED_BIT if self.paused else 0
        for fault in self.faults:
            mask |= FAULT_BITS[fault]
        return mask

    def boot(self):
        """A pause does not outlive a start; an empty roll does (zebra.md 1.6, after power-up)."""
        self.paused = bool(self.faults)
        self.garbage_batch = 0
