"""Formats on their way from the parser to the head: queue, stored formats, composer (zebra.md 6.3, 10.1)."""

import dataclasses
import re
import typing

LABEL_ID = re.compile(rb"K\d+-\d{4}")


@dataclasses.dataclass
class Label:
    """A format, and once composed the label it makes."""

    text: bytes
    connection: typing.Any
    label_id: str | None = None
    copies: int = 1
    reprinted_when_torn: bool = True  # ^JZ (zebra.md 5.5)
    verification: bytes | None = None  # the answer of ^HV (zebra.md 5.3)
    foreign: bool = False
    counted: bool = False


def _decoded(text, indicator=b"_"):
    """Field data with its ^FH escapes resolved (zebra.md 6.2)."""
    return re.sub(re.escape(indicator) + rb"([0-9A-Fa-f]{2})", lambda match: bytes([int(match.group(1), 16)]), text)


class Formats:
    """The format being received, those that wait, and those composed ahead of the head."""

    def __init__(self, printer):
        self._printer = printer
        self.partial = None  # between ^XA and ^XZ
        self.waiting = []
        self.composed = []
        self.stored = {}  # by ^DF

    def bytes_held(self):
        """What of the buffer they take up."""
        return sum(len(label.text) for label in self.waiting) + len(self.partial or b"")

    def complete(self, connection):
        """The ^XZ has come."""
        text, self.partial = bytes(self.partial), None
        label = Label(text, connection)
        if quantity := re.search(rb"\^PQ(\d+)", text):
            label.copies = max(1, int(quantity.group(1)))
        label.reprinted_when_torn = b"^JZN" not in text
        if named := LABEL_ID.findall(text):
            label.label_id = named[-1].decode()
        self.waiting.append(label)

    def add_foreign(self, labels):
        """Another sender's, from a place the service knows nothing of (zebra.md 10.4, 14)."""
        for _ in range(labels):
            self.waiting.append(Label(b"^XA^FDx^FS^XZ".ljust(200), None, label_id="FOREIGN", foreign=True))

    def compose(self):
        """Makes labels ready while the head is busy, in the order of their arrival."""
        while self.waiting and len(self.composed) < self._printer.knobs.compose_ahead:
            label = self.waiting.pop(0)
            if label.foreign:
                self.composed.append(label)
            elif stored := re.search(rb"\^DF([A-Z]:[^\^]+?)\^FS", label.text):
                self.stored[stored.group(1).strip().upper()] = label.text
            elif b"^HH" in label.text:
                self._printer.replies.configuration(label.connection)
            elif b"^HZ" in label.text:
                self._printer.replies.super_host_status(label.connection)
            elif self._draw(label):
                self.composed.append(label)

    def _draw(self, label):
        """Reads what will stand on the label; False: nothing will, and it is not counted (zebra.md 10.4, 20)."""
        full = self._with_stored(label.text)
        if not re.search(rb"\^(FD|FV|GF|GB|SN)", full):
            return False
        named = []
        for field in re.findall(rb"\^F[DV](.*?)(?=\^F[SNOTX]|\^XZ)", full, re.S):
            named += LABEL_ID.findall(_decoded(field))
        named = [name.decode() for name in dict.fromkeys(named)]
        label.label_id = named[-1] if named else "?" + label.text[:60].decode("latin1")
        if len(named) > 1:
            # A torn format and the next one became one (zebra.md 10.4, 19).
            self._printer.journal("fused format", labels=named)
        if self._printer.knobs.host_verification:
            label.verification = self._verification(label.text, full)
        return True

    def _with_stored(self, text):
        """A recalled format in front of what fills it (zebra.md 6.3, ^XF)."""
        recall = re.search(rb"\^XF([A-Z]:[^\^]+?)(?=\^)", text)
        if recall is None:
            return text
        name = recall.group(1).strip().upper()
        if name not in self.stored:
            self._printer.journal("stored format missing", name=name.decode("latin1"))
        return self.stored.get(name, b"") + text

    @staticmethod
    def _verification(text, full):
        """The bytes ^HV asks for (zebra.md 5.3)."""
        asked = re.search(rb"(?:\^FH(.?))?\^HV(\d*),(\d*),([^,^]*),?([^,^]*),?([FL])?", text)
        if asked is None:
            return None
        number = asked.group(2) or b"0"
        field = re.search(rb"\^FN%s(?:\"[^\"]*\")?(?:\^FH_?)?\^FD(.*?)\^FS" % number, full)
        value = _decoded(field.group(1)) if field else b""
        return _decoded(asked.group(4)) + value[: int(asked.group(3) or 64)] + _decoded(asked.group(5))

    def cancel_oldest(self):
        """The format that would be next (zebra.md 5.6, ~JP)."""
        if self.composed:
            return self.composed.pop(0)
        return self.waiting.pop(0) if self.waiting else None

    def clear(self):
        """Everything that lies in RAM; says which labels."""
        gone = [label.label_id for label in self.waiting + self.composed]
        self.waiting.clear()
        self.composed.clear()
        self.partial = None
        return gone

    def lose_ram(self):
        """Stored formats of R: go too, those of E: stay (zebra.md 5.7)."""
        self.stored = {name: text for name, text in self.stored.items() if not name.startswith(b"R:")}
        return self.clear()
