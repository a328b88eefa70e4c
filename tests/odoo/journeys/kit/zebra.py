"""The simulated Zebra, and the paper that came out of it: the judge of every journey."""

import json
import re
from dataclasses import dataclass
from pathlib import Path

import zxingcpp
from PIL import Image, UnidentifiedImageError

from . import places
from .control import Control
from .process import Child, free_port
from .waiting import wait_for


@dataclass
class Label:
    """One piece of paper."""

    row: dict
    folder: Path

    @property
    def complete(self):
        return self.row["complete"]

    @property
    def ours(self):
        return self.row.get("kind", "label") == "label" and not self.row.get("foreign")

    @property
    def texts(self):
        return self.row["texts"]

    @property
    def number(self):
        """Which label of how many: (3, 10) for "3 of 10"."""
        for text in self.texts:
            found = re.search(r"(?<!\d)(\d+)(?: of |/)(\d+)(?!\d)", text)
            if found and "WH/" not in text:
                return int(found[1]), int(found[2])
        return None

    @property
    def codes(self):
        """What a scanner reads from the picture of the label, which is drawn a moment after it."""
        picture = self.folder / f"label-{self.row['sequence']:06}.png"
        return sorted(wait_for("bar codes on the picture", lambda: _scan(picture), timeout=20))

    def says(self, text):
        """Is this text on the label, as a word of its own? WH/MO/1 is not on a label that says WH/MO/1-001."""
        word = re.compile(r"(?<![\w/-])" + re.escape(text) + r"(?![\w-])")
        return any(word.search(found) for found in self.texts)


def _scan(picture):
    try:
        image = Image.open(picture).convert("L")
    except (FileNotFoundError, UnidentifiedImageError, OSError):
        return []  # not there yet, or still being written
    return [code.text for code in zxingcpp.read_barcodes(image)]


class Zebra:
    """``label_mm`` (width, height): the printer's labels are drawn as well."""

    def __init__(self, folder, name, speed_ips, label_mm=None):
        self.name = name
        self.folder = folder
        self.speed_ips = speed_ips
        self._label_mm = label_mm
        self.port, self.json_port, self.control_port = free_port(), free_port(), free_port()
        self.control = Control(self.control_port)
        self._child = None

    def start(self):
        self.folder.mkdir(parents=True, exist_ok=True)
        command = [places.BINARY, "simulate", "--listen", f"127.0.0.1:{self.port}"]
        command += ["--json-port", self.json_port, "--control-port", self.control_port]
        command += ["--speed-ips", self.speed_ips]
        # A printer is known by its serial number, so each has its own.
        command += ["--serial", f"XXSIM{self.port:09}", "--out", self.folder]
        command += ["--label", "x".join(map(str, self._label_mm))] if self._label_mm else ["--no-pictures"]
        self._child = Child("platen simulate", command, self.folder.parent / f"{self.folder.name}.log")
        wait_for("the simulated printer", self._answers, timeout=20)

    def _answers(self):
        self._child.must_run()
        return self.control.state()

    def stop(self):
        if self._child:
            self._child.stop()

    def tail(self):
        return self._child.tail() if self._child else "(never started)"

    def paper(self):
        """Every piece of paper so far; a line still being written is not read."""
        log = self.folder / "labels.jsonl"
        if not log.exists():
            return []
        return [Label(json.loads(line), self.folder) for line in log.read_text().split("\n")[:-1] if line.strip()]

    def labels(self):
        """Whole labels that Platen sent."""
        return [label for label in self.paper() if label.complete and label.ours]

    def wait_labels(self, count, timeout=60):
        """At least so many whole labels, of all there are."""
        wait_for(f"{count} labels on the paper", lambda: len(self.labels()) >= count, timeout)
        return self.labels()

    def labels_of(self, name):
        return [label for label in self.labels() if label.says(name)]
