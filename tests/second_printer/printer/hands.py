"""What people and other programs do to the printer (zebra.md 5.5, 5.6, 10.4)."""


class Hands:
    """Keys, cover and roll; and another sender's labels."""

    def __init__(self, printer):
        self._printer = printer
        self.cancelled = []  # labels that somebody removed at the printer

    def pause(self, who="key"):
        """After the current label (zebra.md 5.6, ~PP)."""
        self._printer.journal("pause", by=who)
        self._printer.condition.paused = True
        self._printer.change.tell()

    def unpause(self, who="key"):
        """In vain while a fault stands."""
        if self._printer.condition.faults:
            self._printer.journal("unpause in vain", by=who)
            return
        self._printer.journal("unpause", by=who)
        self._printer.condition.paused = False
        self._printer.change.tell()

    def break_media(self, fault):
        """Paper or ribbon ends, or the head is opened: a fault also sets the pause (zebra.md 5.5)."""
        condition = self._printer.condition
        self._printer.journal("fault", fault=fault)
        condition.faults.add(fault)
        condition.paused = True
        if fault == "head":
            self._printer.counters.latch_opens += 1
        if self._printer.knobs.u_mode == "garbage":
            condition.garbage_batch = 1335508
        self._printer.change.tell()

    def mend(self):
        """A new roll, the head closed. Somebody must still press PAUSE."""
        if self._printer.condition.faults:
            self._printer.journal("mended", faults=sorted(self._printer.condition.faults))
        self._printer.condition.faults.clear()
        self._printer.change.tell()

    def cancel_all(self, who):
        """~JA: all but the label under the head; they look like printed in `eee` (zebra.md 5.6)."""
        torn, self._printer.engine.torn = self._printer.engine.torn, None
        gone = self._printer.formats.clear() + ([torn.label_id] if torn else [])
        self._printer.journal("cancel all", by=who, gone=gone)
        self.cancelled += gone
        self._printer.change.tell()

    def cancel_key(self, who="CANCEL key"):
        """CANCEL, or ~JP: pauses and clears the oldest format (zebra.md 10.4, 15)."""
        printer = self._printer
        label, printer.engine.torn = printer.engine.torn, None
        label = label or printer.formats.cancel_oldest()
        printer.journal("cancel one", by=who, gone=label.label_id if label else None)
        if label:
            self.cancelled.append(label.label_id)
        printer.condition.paused = True
        printer.formats.compose()
        printer.change.tell()

    def send_foreign(self, labels):
        """Another host prints between ours (zebra.md 10.4, 14)."""
        self._printer.journal("foreign labels", labels=labels)
        self._printer.formats.add_foreign(labels)
        self._printer.formats.compose()
        self._printer.change.tell()
