"""A wire tap between service and printer: when did the first byte of a label pass?"""

import time

from .pump import Pump


class Tap(Pump):
    """Remembers when bytes for the printer came."""

    def __init__(self, target):
        self._seen = []  # (monotonic time, bytes)
        super().__init__(target)

    def _passed(self, data):
        with self._lock:
            self._seen.append((time.monotonic(), data))

    def first_format_after(self, moment):
        """When the first ``^XA`` passed after this moment; None when none has."""
        with self._lock:
            for at, data in self._seen:
                if at > moment and b"^XA" in data:
                    return at
        return None
