"""All connections: listening, limits, idle time, and what a dead printer leaves behind (zebra.md 4.5, 5.9)."""

import asyncio
import socket
import time

from printer.connection import Connection

JSON_CONNECTIONS = 8  # zebra.md 4.4


class Connections:
    """The printer's two ports."""

    def __init__(self, printer):
        self._printer = printer
        self.open_ones = []
        self._orphans = []  # half open since the last power cut
        self._listeners = []
        self._acceptors = []

    def listen(self):
        """Opens the ports."""
        for kind, port in (("raw", self._printer.raw_port), ("json", self._printer.json_port)):
            if port is None:
                continue
            listener = socket.socket()
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, self._printer.knobs.socket_buffer_bytes)
            listener.bind(("127.0.0.1", port))
            listener.listen(16)
            listener.setblocking(False)
            self._listeners.append(listener)
            self._acceptors.append(asyncio.create_task(self._accept(kind, listener)))

    def stop_listening(self):
        """Whoever connects now is refused."""
        for task in self._acceptors:
            task.cancel()
        for listener in self._listeners:
            listener.close()
        self._acceptors, self._listeners = [], []

    async def _accept(self, kind, listener):
        loop, printer = asyncio.get_running_loop(), self._printer
        while True:
            try:
                stream, _address = await loop.sock_accept(listener)
            except OSError:
                return
            stream.setblocking(False)
            stream.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            connection = Connection(printer, stream, kind)
            if self._is_too_many(kind):
                if kind == "json" or printer.knobs.second_connection == "refuse":
                    printer.journal("connection refused", connection=connection.number)
                    connection.reset()
                    continue
                connection.is_silent = True
            self.open_ones.append(connection)
            printer.journal("connection", connection=connection.number, kind=kind, silent=connection.is_silent)
            connection.serve()
            if printer.power.state == "silent" and printer.knobs.boot_garbage and kind == "raw":
                connection.send(time.monotonic(), printer.knobs.boot_garbage.encode())

    def _is_too_many(self, kind):
        limit = JSON_CONNECTIONS if kind == "json" else self._printer.knobs.max_connections
        return sum(1 for one in self.open_ones if one.kind == kind and one.is_open) >= limit

    async def tend(self):
        """Closes idle connections, serves those that waited, and answers the half-open ones with RST."""
        while True:
            await asyncio.sleep(0.1)
            self._close_idle()
            self._serve_those_that_waited()
            if self._printer.is_on:
                for orphan in [one for one in self._orphans if one.host_has_spoken()]:
                    orphan.reset_remains()
                    self._orphans.remove(orphan)

    def _close_idle(self):
        """After 300 s, unless told otherwise (zebra.md 4.5)."""
        for connection in list(self.open_ones):
            if time.monotonic() - connection.heard_at > self._printer.knobs.idle_close_seconds:
                self._printer.journal("idle close", connection=connection.number)
                if connection.is_cut:
                    connection.reset()
                else:
                    connection.finish()
                self.forget(connection)

    def _serve_those_that_waited(self):
        for connection in self.open_ones:
            served = sum(1 for one in self.open_ones if one.kind == "raw" and one.is_open and not one.is_silent)
            if connection.is_silent and served < self._printer.knobs.max_connections:
                connection.is_silent = False
                self._printer.journal("silent connection is served now", connection=connection.number)
                self._printer.change.tell()

    def forget(self, connection):
        """It is closed."""
        if connection in self.open_ones:
            self.open_ones.remove(connection)
        if self._printer.parser.owner is connection:
            self._printer.parser.owner = None
        self._printer.change.tell()

    def cut(self, how):
        """Cuts the network by rst, fin or silence (half); the printer itself goes on."""
        self._printer.journal("connections cut", how=how, connections=len(self.open_ones))
        for connection in list(self.open_ones):
            if how == "half":
                connection.is_cut = True  # stays in the printer's table until it was idle for too long
                continue
            if how == "rst":
                connection.reset()
            else:
                connection.finish()
            self.forget(connection)

    def lose_power(self):
        """Reset, or left half open as the knob says."""
        for connection in list(self.open_ones):
            if self._printer.knobs.power_connections == "half":
                connection.stop_serving()
                self._orphans.append(connection)
                self.open_ones.remove(connection)
            else:
                connection.reset()
                self.forget(connection)
        self._printer.parser.owner = None

    def stop(self):
        """The scenario is over."""
        self.stop_listening()
        for connection in self.open_ones + self._orphans:
            connection.stop_serving()
            connection.reset_remains()
