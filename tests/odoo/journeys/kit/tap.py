"""A wire tap between service and printer: when did the first byte of a label pass?"""

import select
import socket
import threading
import time


class Tap:
    """Passes bytes both ways, one thread a connection, and remembers when bytes for the printer came."""

    def __init__(self, target):
        self._target = target
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._lock = threading.Lock()
        self._passed = []  # (monotonic time, bytes)
        self._closed = threading.Event()
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while not self._closed.is_set():
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._carry, args=(client,), daemon=True).start()

    def _carry(self, client):
        try:
            printer = socket.create_connection(("127.0.0.1", self._target), timeout=10)
        except OSError:
            client.close()
            return
        with client, printer:
            for end in (client, printer):
                end.settimeout(None)
                end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            while not self._closed.is_set():
                readable, _, _ = select.select([client, printer], [], [], 0.5)
                for source in readable:
                    try:
                        data = source.recv(65536)
                        if not data:
                            return
                        if source is client:
                            with self._lock:
                                self._passed.append((time.monotonic(), data))
                        (printer if source is client else client).sendall(data)
                    except OSError:
                        return

    def first_format_after(self, moment):
        """When the first ``^XA`` passed after this moment; None when none has."""
        with self._lock:
            for at, data in self._passed:
                if at > moment and b"^XA" in data:
                    return at
        return None

    def close(self):
        self._closed.set()
        self._listener.close()
