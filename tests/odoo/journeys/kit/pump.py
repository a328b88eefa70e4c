"""Carries bytes between whoever connects here and a port of this machine, one thread a connection."""

import select
import socket
import threading


class Pump:
    """What passes may be watched by ``_passed``; all connections may be cut at once."""

    def __init__(self, target):
        self._target = target
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port = self._listener.getsockname()[1]
        self._lock = threading.Lock()
        self._open = set()
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
            target = socket.create_connection(("127.0.0.1", self._target), timeout=10)
        except OSError:
            client.close()
            return
        ends = (client, target)
        with self._lock:
            self._open.update(ends)
        try:
            for end in ends:
                end.settimeout(None)
                end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            while not self._closed.is_set():
                for source in select.select(ends, [], [], 0.5)[0]:
                    data = source.recv(65536)
                    if not data:
                        return
                    if source is client:
                        self._passed(data)
                    (target if source is client else client).sendall(data)
        except (OSError, ValueError):
            # Cut, from one side or the other.
            return
        finally:
            with self._lock:
                self._open.difference_update(ends)
            for end in ends:
                end.close()

    def _passed(self, data):
        """These bytes go on to the target now."""

    def cut(self):
        """Break every connection; new ones are let in. Answers how many there were."""
        with self._lock:
            ends = list(self._open)
        for end in ends:
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
        return len(ends) // 2

    def close(self):
        self._closed.set()
        self._listener.close()
