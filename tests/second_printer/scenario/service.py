"""The service under test: its folder, its process, its ends."""

import asyncio
import os
import signal
import socket
import subprocess
import time

from scenario.api import API_KEY

TEMPLATE = """^XA
^FO20,20^A0N,30,30^FH_^FD{{ product }}^FS
^FO20,80^A0N,40,40^FH_^FD{{ serial }}^FS
^FO20,140^BY2^BCN,60,N,N,N,A^FH_^FD{{ serial }}^FS
^XZ
"""
TEMPLATE_TOML = """title = "Second printer"
width_mm = 57
height_mm = 32
dpmm = 8
[fields.product]
required = true
max_length = 60
[fields.serial]
kind = "barcode"
required = true
max_length = 24
"""
SAMPLE = '{"data":{"product":"x"},"labels":[{"serial":"X1-0001"}]}'
STOP_SECONDS = 20.0


class Ports:
    """Three free ports of this machine, kept for the whole scenario.

    Sockets that are bound and do not listen keep them from being given to a connection of anybody else while the
    service or the printer is dead; with SO_REUSEADDR the real listener can still have them.
    """

    def __init__(self):
        self._keepers = []
        for _ in range(3):
            keeper = socket.socket()
            keeper.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            keeper.bind(("127.0.0.1", 0))
            self._keepers.append(keeper)
        self.api, self.raw, self.json = (keeper.getsockname()[1] for keeper in self._keepers)

    def release(self):
        """Somebody else may have them."""
        for keeper in self._keepers:
            keeper.close()


class Service:
    """`platen serve` in a folder of its own."""

    def __init__(self, binary, folder, ports, journal):
        self._binary, self._folder, self._ports, self._journal = binary, folder, ports, journal
        self._process = None
        self.lock = asyncio.Lock()  # one blow at a time kills it and starts it again

    def prepare(self, plan):
        """Writes configuration and template."""
        template = self._folder / "zpl_templates" / "second"
        template.mkdir(parents=True)
        (template / "label.zpl").write_text(TEMPLATE)
        (template / "template.toml").write_text(TEMPLATE_TOML)
        (template / "sample.json").write_text(SAMPLE)
        lines = [
            "[server]",
            f'listen = "127.0.0.1:{self._ports.api}"',
            "[store]",
            'url = "sqlite://platen.db"',
            "[templates]",
            'dir = "zpl_templates"',
            "[[printers]]",
            'name = "second"',
            f'address = "tcp://127.0.0.1:{self._ports.raw}"',
            "dpmm = 8",
        ]
        if plan.evidence == "two-channels":
            lines.append(f'status_address = "tcp://127.0.0.1:{self._ports.json}"')
        if plan.service_profile:
            lines.append(f'profile = "{plan.service_profile}"')
        (self._folder / "platen.toml").write_text("\n".join(lines) + "\n")

    def start(self):
        """Starts it."""
        environment = {name: value for name, value in os.environ.items() if not name.startswith("PLATEN_")}
        environment.update(PLATEN_API_KEY=API_KEY, RUST_LOG="info")
        with open(self._folder / "service.log", "ab") as log:
            self._process = subprocess.Popen(
                [self._binary, "serve"],
                cwd=self._folder,
                env=environment,
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
            )
        self._journal("service started", process=self._process.pid)

    @property
    def is_running(self):
        """Alive."""
        return self._process is not None and self._process.poll() is None

    @property
    def exit_code(self):
        """Of its last end."""
        return self._process.poll()

    def kill(self):
        """SIGKILL: nothing can be done about it any more."""
        if self.is_running:
            self._journal("service killed")
            self._process.kill()
            self._process.wait()

    async def stop(self):
        """SIGTERM, and time to finish; a service that does not is killed."""
        self._journal("service told to stop")
        self._process.send_signal(signal.SIGTERM)
        end = time.monotonic() + STOP_SECONDS
        while self.is_running and time.monotonic() < end:
            await asyncio.sleep(0.02)
        self.kill()

    async def freeze(self, seconds):
        """Stands still for so long, as a machine that is moved does."""
        if self.is_running:
            process = self._process
            process.send_signal(signal.SIGSTOP)
            try:
                await asyncio.sleep(seconds)
            finally:
                process.send_signal(signal.SIGCONT)
