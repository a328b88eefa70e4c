"""The simulator's control port: what happens to the printer from outside."""

import json
import socket


class Control:
    """One JSON object a line, and one line of answer."""

    def __init__(self, port):
        self._port = port

    def reachable(self):
        with socket.create_connection(("127.0.0.1", self._port), timeout=2):
            return True

    def do(self, word, **arguments):
        """For example ``do("media_out_after", labels=3)``."""
        request = json.dumps({"do": word, **arguments}) + "\n"
        with socket.create_connection(("127.0.0.1", self._port), timeout=10) as connection:
            connection.sendall(request.encode())
            answer = connection.makefile().readline()
        assert answer and "error" not in answer, f"the simulator refused {word}: {answer!r}"
        return answer
