"""One TCP connection from the printer's side: reading, answering, ending (zebra.md 5.9)."""

import asyncio
import contextlib
import itertools
import socket
import struct
import time

from printer.settings import take_json

NUMBERS = itertools.count(1)
READ_BYTES = 1024
MERGE_SECONDS = 0.03


class Connection:
    """Bytes that came and are not parsed yet, and replies that are due."""

    def __init__(self, printer, stream, kind):
        self._printer = printer
        self._stream = stream
        self.number = next(NUMBERS)
        self.kind = kind  # raw | json
        self.incoming = bytearray()
        self.stuck_at_bytes = None  # at this length the parser could not go on
        self.is_cut = False  # the network is gone, and neither end knows
        self.is_silent = False  # accepted and not served
        self.is_open = True
        self.heard_at = time.monotonic()
        self._replies = asyncio.Queue()
        self._tasks = []

    @property
    def has_something_to_parse(self):
        """Bytes the parser has not tried yet."""
        return bool(self.incoming) and self.stuck_at_bytes != len(self.incoming) and not self.is_silent

    def serve(self):
        """Begins to read and to answer."""
        reading = self._read_json() if self.kind == "json" else self._read()
        self._tasks = [asyncio.create_task(self._write()), asyncio.create_task(reading)]

    def stop_serving(self):
        """The printer is dead, the socket stands: half open (zebra.md 10.4, 10)."""
        self.is_open = False
        for task in self._tasks:
            task.cancel()

    def reset(self):
        """Ends it with RST."""
        if self.is_open:
            self.stop_serving()
            self.reset_remains()

    def reset_remains(self):
        """RST on the socket, whatever was thought of it before."""
        with contextlib.suppress(OSError):
            self._stream.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._stream.close()

    def finish(self):
        """Ends it with FIN."""
        if self.is_open:
            self.stop_serving()
            self._stream.close()

    def host_has_spoken(self):
        """Whether the host sent something to a connection that nobody serves any more."""
        try:
            self._stream.recv(1, socket.MSG_PEEK)
        except (BlockingIOError, InterruptedError):
            return False
        except OSError:
            pass
        return True

    def forget_bytes(self):
        """What was acknowledged and not parsed is gone (zebra.md 5.7)."""
        self.incoming.clear()
        self.stuck_at_bytes = None

    # --- answering ---

    def send(self, due_at, data):
        """A reply, not before that moment."""
        self._replies.put_nowait((due_at, data))

    async def _write(self):
        loop, knobs = asyncio.get_running_loop(), self._printer.knobs
        try:
            while True:
                due_at, data = await self._replies.get()
                await asyncio.sleep(max(0.0, due_at - time.monotonic()))
                if knobs.reply_merge:
                    await asyncio.sleep(MERGE_SECONDS)
                    while not self._replies.empty():
                        data += self._replies.get_nowait()[1]
                piece_bytes = knobs.reply_fragment_bytes or len(data)
                for start in range(0, len(data), piece_bytes):
                    if not self.is_open or self.is_cut:
                        return
                    await loop.sock_sendall(self._stream, data[start : start + piece_bytes])
                    if piece_bytes < len(data):
                        await asyncio.sleep(0.001)
        except OSError:
            pass  # the reader sees the same and ends the connection

    # --- reading ---

    async def _read(self):
        loop, printer = asyncio.get_running_loop(), self._printer
        try:
            while self.is_open:
                room_bytes = printer.knobs.buffer_bytes - printer.bytes_held()
                if printer.is_on and (self.is_silent or room_bytes <= 0):
                    # Not read: TCP's window closes, and that is all the host learns (zebra.md 5.9).
                    await printer.change.wait(0.5)
                    continue
                data = await loop.sock_recv(self._stream, min(max(room_bytes, 1), READ_BYTES))
                if self.is_cut:
                    return
                self.heard_at = time.monotonic()
                if not data:
                    await self._end_by_host()
                    return
                if not printer.is_on and printer.knobs.boot_drops:
                    printer.journal("bytes dropped while booting", bytes=len(data))
                    continue
                while printer.power.state == "silent" and self.is_open:
                    await printer.change.wait(0.2)
                printer.wire("host", self, data)
                self.incoming += data
                printer.change.tell()
        except OSError:
            printer.journal("host reset", connection=self.number)
            self.incoming.clear()
            self.reset()
            printer.connections.forget(self)

    async def _end_by_host(self):
        """As a rule all is printed that came before; some print servers forget it (zebra.md 5.9)."""
        printer = self._printer
        printer.journal("host closed", connection=self.number, bytes=len(self.incoming))
        if printer.knobs.fin_drops_data:
            self.incoming.clear()
        while self.has_something_to_parse:
            await printer.change.wait(0.2)
        self.finish()
        printer.connections.forget(self)

    async def _read_json(self):
        """The JSON port knows no parser to wait for (zebra.md 4.4, port 9200)."""
        loop, printer, incoming = asyncio.get_running_loop(), self._printer, bytearray()
        try:
            while self.is_open:
                data = await loop.sock_recv(self._stream, 4096)
                self.heard_at = time.monotonic()
                if not data:
                    self.finish()
                    printer.connections.forget(self)
                    return
                if not printer.is_on or self.is_cut:
                    continue
                printer.wire("host", self, data)
                incoming += data
                while (question := take_json(incoming)) is not None:
                    if question:
                        printer.send(self, printer.settings.answer_json(question))
        except OSError:
            self.reset()
            printer.connections.forget(self)
