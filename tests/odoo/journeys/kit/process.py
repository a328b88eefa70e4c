"""Child processes that leave with us: each in a group of its own, ended by that group's id only."""

import os
import random
import signal
import socket
import subprocess


# Below the ports that the system gives to outgoing connections: one of those could take the port before its program does.
# Every worker has ports of its own, and no port is handed out twice: its program may not have taken it yet.
_WORKER = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
_WORKERS = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
_ports = list(range(20000 + _WORKER, 32000, _WORKERS))
random.shuffle(_ports)


def free_port():
    """A port that nobody listens on, and that this function has given to nobody else."""
    while True:
        port = _ports.pop()
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        return port


class Child:
    """A started program and its log file."""

    def __init__(self, name, command, log, env=None, cwd=None):
        self.name = name
        self.log = log
        log.parent.mkdir(parents=True, exist_ok=True)
        with open(log, "ab") as output:
            self._popen = subprocess.Popen(
                [str(word) for word in command],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env={**os.environ, **(env or {})},
                cwd=cwd,
                start_new_session=True,
            )

    @property
    def pid(self):
        return self._popen.pid

    @property
    def running(self):
        return self._popen.poll() is None

    def must_run(self):
        """For use while waiting: a dead child will never answer."""
        if not self.running:
            raise AssertionError(f"{self.name} ended with code {self._popen.returncode}:\n{self.tail()}")

    def tail(self, lines=60):
        try:
            text = self.log.read_text(errors="replace")
        except FileNotFoundError:
            return "(no log)"
        return "\n".join(text.splitlines()[-lines:])

    def stop(self, grace=15):
        """Ask it to leave; insist when it does not."""
        self._end(signal.SIGTERM)
        try:
            self._popen.wait(grace)
        except subprocess.TimeoutExpired:
            pass
        self.kill()

    def kill(self):
        """As a power cut: what is left of the group ends at once."""
        self._end(signal.SIGKILL)
        self._popen.wait(10)

    def _end(self, sign):
        # The group bears the child's id, which stays ours while it is not reaped or has members.
        try:
            os.killpg(self._popen.pid, sign)
        except ProcessLookupError:
            pass
