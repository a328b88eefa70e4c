"""What the printer counts, and what of it outlives a power cut (zebra.md 4.3, 5.2)."""

import time


class Counters:
    """The life counter, the one people may set, and the time since the start."""

    def __init__(self, knobs):
        self._knobs = knobs
        self.labels = knobs.odometer
        self._labels_at_boot = self.labels
        self.user_labels = 7544
        self.latch_opens = 0
        self.unique_id = knobs.unique_id
        self._booted_at = time.monotonic() - knobs.uptime_seconds

    def count_label(self):
        """A label is done, as this printer understands it (`count_at`)."""
        self.labels += 1
        self.user_labels += 1

    def lose_power(self):
        """Counts that were not in flash yet are lost, none from before the last start (zebra.md 5.2, durability)."""
        self.labels = max(self._labels_at_boot, self.labels - self._knobs.odometer_loss_on_power_cut)

    def boot(self):
        """Uptime begins again: the one witness of a reset (zebra.md 4.3, device.uptime)."""
        self._booted_at = time.monotonic()
        self._labels_at_boot = self.labels

    def set_back(self, labels):
        """Somebody replaced the logic board, or reset the printer to its factory state (zebra.md 5.2)."""
        self.labels -= labels
        self._labels_at_boot = min(self.labels, self._labels_at_boot)

    def uptime(self):
        """In the printer's words."""
        seconds = int(time.monotonic() - self._booted_at)
        return (
            f"{seconds // 86400:02d} days {seconds // 3600 % 24:02d} hours "
            f"{seconds // 60 % 60:02d} mins {seconds % 60:02d} secs"
        )
