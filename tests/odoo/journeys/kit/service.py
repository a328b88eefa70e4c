"""``platen serve``, with a configuration of its own."""

import http.client
import json
import secrets

from . import places
from .process import Child, free_port
from .waiting import wait_for


class Service:
    def __init__(self, folder, odoo, odoo_key, protocol="xmlrpc", pull=False):
        self.folder = folder
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.key = secrets.token_hex(16)
        self.printers = []
        self._odoo, self._odoo_key = odoo, odoo_key
        self._protocol, self._pull = protocol, pull
        self._child = None

    def add_printer(self, name, port, json_port):
        self.printers.append((name, port, json_port))

    def _write_configuration(self):
        self.folder.mkdir(parents=True, exist_ok=True)
        key = self.folder / "odoo.key"
        key.write_text(self._odoo_key + "\n")
        key.chmod(0o600)
        # A JSON string of such plain text is a TOML string.
        quoted = json.dumps
        lines = [
            "[server]",
            f"listen = {quoted(f'127.0.0.1:{self.port}')}",
            "[store]",
            f"url = {quoted('sqlite://' + str(self.folder / 'platen.db'))}",
            "[templates]",
            f"dir = {quoted(str(places.TEMPLATES))}",
            "[odoo]",
            f"url = {quoted(self._odoo.url)}",
            f"database = {quoted(self._odoo.database)}",
            'username = "label-service"',
            f"api_key_file = {quoted(str(key))}",
            f"protocol = {quoted(self._protocol)}",
            f"pull = {quoted(self._pull)}",
        ]
        for name, port, json_port in self.printers:
            lines += [
                "[[printers]]",
                f"name = {quoted(name)}",
                f"address = {quoted(f'tcp://127.0.0.1:{port}')}",
                f"status_address = {quoted(f'tcp://127.0.0.1:{json_port}')}",
                "dpmm = 8",
            ]
        file = self.folder / "platen.toml"
        file.write_text("\n".join(lines) + "\n")
        return file

    def start(self):
        command = [places.BINARY, "serve", "--config", self._write_configuration()]
        self._child = Child(
            "platen serve", command, self.folder / "service.log", env={"PLATEN_API_KEY": self.key}, cwd=self.folder
        )
        wait_for("platen serve to be ready", self._ready, timeout=30)

    def _ready(self):
        self._child.must_run()
        return self.get("/readyz")[0] == 200

    def get(self, path):
        """Status and body of a call."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("GET", path, headers={"Authorization": f"Bearer {self.key}"})
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()

    def post(self, path, **body):
        """Status and decoded answer of a call."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            headers = {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"}
            connection.request("POST", path, json.dumps(body), headers)
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())
        finally:
            connection.close()

    def stop(self):
        if self._child:
            self._child.stop()

    def kill(self):
        self._child.kill()

    def tail(self):
        return self._child.tail() if self._child else "(never started)"
