"""A real Odoo on a copy of the template database."""

import json
import os
import subprocess
import urllib.error
import urllib.request

from . import places
from .process import Child, free_port
from .rpc import Caller
from .waiting import wait_for

PASSWORDS = {"admin": "admin"}


class Odoo:
    """One database and the server that serves it; web client, RPC and websocket on one port."""

    def __init__(self, database, addons, folder):
        self.database = database
        self.addons = addons
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = folder / "odoo.log"
        self._child = None
        self._callers = {}
        self.secrets = {}

    def script(self, verb, *words, stdin=None, timeout=300):
        """Run ``odoo.sh VERB``; its complaint is the failure."""
        done = subprocess.run(
            [str(places.ODOO_SH), verb, *[str(word) for word in words]],
            input=stdin,
            stdin=None if stdin is not None else subprocess.DEVNULL,
            text=True,
            capture_output=True,
            timeout=timeout,
            env={**os.environ, "PLATEN_ODOO_CACHE": str(places.CACHE)},
        )
        assert done.returncode == 0, f"odoo.sh {verb} failed:\n{done.stdout[-4000:]}\n{done.stderr[-4000:]}"
        return done.stdout

    @property
    def _addons_words(self):
        return ["--addons", self.addons] if self.addons else []

    def make(self, with_addon):
        self.script("new-db", self.database)
        if with_addon:
            self.script("install", self.database, *self._addons_words, timeout=600)

    def shell(self, code, **values):
        """Run code inside Odoo, with ``values`` in hand; what it leaves in ``result`` comes back."""
        program = (
            f"import json\nvalues = json.loads({json.dumps(json.dumps(values))})\nresult = {{}}\n{code}\n"
            "env.cr.commit()\nprint('RESULT ' + json.dumps(result))\n"
        )
        # The shell reads standard input to its end and runs it as one piece.
        output = self.script("shell", self.database, *self._addons_words, stdin=program)
        answers = [line for line in output.splitlines() if line.startswith("RESULT ")]
        assert answers, f"the code given to Odoo's shell failed:\n{output}"
        return json.loads(answers[-1].removeprefix("RESULT "))

    def start(self, workers=0):
        """Start the server: with threads, or with so many worker processes."""
        command = [places.ODOO_SH, "run-odoo", self.database, *self._addons_words, "--port", self.port, "--log", self.log]
        if workers:
            command += ["--", "--workers", workers, "--gevent-port", free_port()]
        environment = {"PLATEN_ODOO_CACHE": str(places.CACHE)}
        self._child = Child("Odoo", command, self.log.with_suffix(".out"), env=environment)
        wait_for("Odoo to answer", self._healthy, timeout=120, every=0.2)

    @property
    def pid(self):
        """The server's process, which with workers is their parent."""
        return self._child.pid

    def log_count(self, words):
        """How often the log says this."""
        return self.log.read_text(errors="replace").count(words)

    def person(self, login, *groups):
        """The RPC face of a new user of these groups."""
        ids = [
            self.admin.call("ir.model.data", "check_object_reference", *group.split("."))[1]
            for group in ("base.group_user", *groups)
        ]
        self.admin.call(
            "res.users", "create", {"name": login.capitalize(), "login": login, "password": login, "group_ids": [(6, 0, ids)]},
            context={"no_reset_password": True},
        )  # fmt: skip
        return self.caller(login)

    def _healthy(self):
        self._child.must_run()
        try:
            with urllib.request.urlopen(f"{self.url}/web/health", timeout=5) as answer:
                return answer.status == 200
        except urllib.error.URLError:
            return False

    def stop(self):
        if self._child:
            self._child.stop()
            self._child = None

    def drop(self):
        self.stop()
        self.script("drop-db", self.database)

    def tail(self, lines=80):
        if not self.log.exists():
            return self._child.tail() if self._child else "(no log)"
        told = self.log.read_text(errors="replace").splitlines()
        # A page is dozens of requests, and crons chatter; only trouble and our own lines tell something.
        told = [line for line in told if " INFO " not in line or "abel" in line and " werkzeug: " not in line]
        return "\n".join(told[-lines:])

    def caller(self, login):
        """The RPC face of a user; logging in costs half a second, so it is kept."""
        if login not in self._callers:
            password = self.secrets.get(login) or PASSWORDS.get(login) or login
            self._callers[login] = Caller(self.url, self.database, login, password)
        return self._callers[login]

    @property
    def admin(self):
        return self.caller("admin")

    def set_parameters(self, **parameters):
        """Write ``label_print.*`` settings."""
        for key, value in parameters.items():
            # Each change empties Odoo's caches, and the next login costs half a second.
            if self.admin.call("ir.config_parameter", "get_param", f"label_print.{key}") != value:
                self.admin.call("ir.config_parameter", "set_param", f"label_print.{key}", value)
