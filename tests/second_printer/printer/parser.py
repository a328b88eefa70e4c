"""The one parser, which serves one connection at a time (zebra.md 4.5, 5.10, 6.1)."""

import asyncio
import time

from printer.settings import WHITE_SPACE, take_json

STX, ETX = 0x02, 0x03  # ^XA and ^XZ in one byte (zebra.md 6.1)


class Parser:
    """Takes commands off the connections: `~` at once, formats into the queue."""

    def __init__(self, printer):
        self._printer = printer
        self.owner = None  # the connection it listens to

    async def run(self):
        """For as long as the printer exists."""
        while True:
            if not self._printer.is_on:
                await self._printer.change.wait(0.5)
                continue
            connection, wait_seconds = self._next_connection()
            if connection is None:
                await self._printer.change.wait(wait_seconds)
                continue
            self.owner = connection
            connection.stuck_at_bytes = None if self._take(connection) else len(connection.incoming)
            self._printer.formats.compose()
            self._printer.change.tell()
            await asyncio.sleep(0)

    def _next_connection(self):
        """First come, first served: another channel waits until the first goes quiet (zebra.md 4.5)."""
        raw = [one for one in self._printer.connections.open_ones if one.kind == "raw"]
        owner, wait_seconds = self.owner, None
        if owner is not None and owner.is_open:
            if owner.has_something_to_parse:
                return owner, None
            in_the_middle = self._printer.formats.partial is not None or bool(owner.incoming)
            knobs = self._printer.knobs
            hold_seconds = knobs.parser_quiet_seconds if in_the_middle else knobs.parser_sticky_seconds
            quiet_seconds = time.monotonic() - owner.heard_at
            if quiet_seconds < hold_seconds:
                if any(one.has_something_to_parse for one in raw):
                    wait_seconds = hold_seconds - quiet_seconds
                return None, wait_seconds
        return next((one for one in raw if one.has_something_to_parse), None), None

    def _take(self, connection):
        """Takes one thing off the connection; False: more bytes are needed."""
        if self._printer.formats.partial is None:
            return self._take_between_formats(connection)
        return self._take_in_format(connection)

    def _take_between_formats(self, connection):
        incoming, formats = connection.incoming, self._printer.formats
        while incoming and incoming[0] in WHITE_SPACE:
            del incoming[0]
        first = bytes(incoming[:1])
        if not first:
            return False
        if first == b"^":
            if len(incoming) < 3:
                return False
            if incoming[:3].upper() == b"^XA":
                formats.partial = bytearray(b"^XA")
            del incoming[:3]
        elif first == b"~":
            return self._control(connection)
        elif first == b"!":
            return self._printer.settings.take_command(connection)
        elif first == b"{":
            question = take_json(incoming)
            if question is None:
                return False
            if question and self._printer.knobs.settings == "full":
                self._printer.send(connection, self._printer.settings.answer_json(question))
        else:
            if incoming[0] == STX:
                formats.partial = bytearray(b"^XA")
            del incoming[0]
        return True

    def _take_in_format(self, connection):
        incoming, formats = connection.incoming, self._printer.formats
        position = 0
        while position < len(incoming):
            sign = incoming[position]
            if sign == ord("~"):
                # A control command counts at once, also between ^XA and ^XZ (zebra.md 1).
                self._move_to_format(incoming, position)
                return self._control(connection)
            if sign == STX:
                del incoming[position]
                continue
            if sign == ETX:
                self._move_to_format(incoming, position, dropped_bytes=1)
                return self._end_format(connection)
            if sign == ord("^"):
                word = bytes(incoming[position : position + 3]).upper()
                if len(word) < 3:
                    self._move_to_format(incoming, position)
                    return False
                if word == b"^XZ":
                    self._move_to_format(incoming, position, dropped_bytes=3)
                    return self._end_format(connection)
                if word == b"^XA" and self._printer.knobs.xa_restarts:
                    del incoming[: position + 3]
                    self._printer.journal("^XA inside a format starts afresh", dropped_bytes=len(formats.partial))
                    formats.partial = bytearray(b"^XA")
                    return True
            position += 1
        self._move_to_format(incoming, len(incoming))
        return False

    def _move_to_format(self, incoming, length, dropped_bytes=0):
        self._printer.formats.partial += incoming[:length]
        del incoming[: length + dropped_bytes]

    def _end_format(self, connection):
        self._printer.formats.partial += b"^XZ"
        self._printer.formats.complete(connection)
        return True

    def _control(self, connection):
        """A `~` command (zebra.md 5.6)."""
        incoming, printer = connection.incoming, self._printer
        word = bytes(incoming[:3]).upper()
        length = 5 if word == b"~HQ" else 3
        if len(incoming) < length:
            return False
        kind = bytes(incoming[3:length]).upper()
        del incoming[:length]
        sender = f"{word.decode('latin1')} on connection {connection.number}"
        if word == b"~HQ":
            printer.replies.query(connection, kind)
        elif word == b"~HS":
            printer.replies.host_status(connection)
        elif word == b"~HI":
            printer.replies.identification(connection)
        elif word == b"~HM":
            printer.replies.memory(connection)
        elif word == b"~JA":
            printer.hands.cancel_all(sender)
        elif word == b"~JX":
            if printer.formats.partial is not None:
                printer.journal("~JX drops a format", dropped_bytes=len(printer.formats.partial))
            printer.formats.partial = None
        elif word == b"~JP":
            printer.hands.cancel_key(sender)
        elif word == b"~PP":
            printer.hands.pause(sender)
        elif word == b"~PS":
            printer.hands.unpause(sender)
        elif word == b"~JR":
            asyncio.get_running_loop().call_soon(printer.power.reset, sender)
        elif word == b"~RO":
            printer.counters.user_labels = 0
        return True
