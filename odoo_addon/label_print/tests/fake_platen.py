"""A stand-in for the print service that speaks HTTP on a free local port."""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from uuid import UUID

from .fake_templates import FakeTemplates

KEY = "key-of-the-tests"
PNG_BEGIN = b"\x89PNG"


class FakePlaten:
    """Takes jobs like the service does, and can be told to misbehave.

    ``requests`` holds (method, path, headers, body) of everything that arrived. An entry of
    ``answers``, by method and path, is given in place of the usual answer: ``(status, body)``,
    or a number of seconds to stay silent.
    """

    def __init__(self):
        self.requests = []
        self.answers = {}
        self.jobs = {}
        self.printers = [{"name": "line-a", "status": "idle", "fault": None, "odometer": 1200}]
        self.templates = FakeTemplates()
        self.warning = None
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        # Closing waits for a poll, and every test closes one.
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def close(self):
        """Stop listening: from now on connections are refused."""
        self._server.shutdown()
        self._server.server_close()

    def bodies(self, path="/api/jobs"):
        """Return the bodies posted to a path, in order."""
        return [body for _method, at, _headers, body in self.requests if at == path]

    def answer(self, method, path, headers, body):
        """Return status and body as the service would."""
        if (method, path) in self.answers:
            planned = self.answers[method, path]
            if not isinstance(planned, int | float):
                return planned
            time.sleep(planned)
        if headers.get("Authorization") != f"Bearer {KEY}":
            return 401, problem("unauthorized", "No valid key came with the request.")
        if path == "/api/jobs":
            UUID(body["uuid"])
            known = self.jobs.get(body["uuid"])
            if known and known["body"] != body:
                return 409, problem("uuid_conflict", "This uuid belongs to another job.")
            if known:
                return 200, known["status"]
            quantity = len(body.get("labels") or ()) or body.get("quantity") or 0
            quantity = quantity or body["zpl"].count("^XA")
            quantity *= body.get("copies", 1)
            printer = body.get("printer") or f"first-of-{body['pool']}"
            status = status_of(body["uuid"], quantity=quantity, printer=printer)
            self.jobs[body["uuid"]] = {"body": body, "status": status}
            return 202, status
        if path == "/api/status":
            known = [self.jobs[uuid]["status"] for uuid in body["ids"] if uuid in self.jobs]
            return 200, {"jobs": known}
        if path == "/api/printers":
            return 200, {"printers": self.printers}
        if path.startswith("/api/templates"):
            return self.templates.answer(method, path, body, problem)
        if path == "/api/jobs?dry_run=true":
            return 200, {"dry_run": True, "warning": self.warning, "findings": []}
        if path.startswith("/api/printers/"):
            name, _slash, verb = path.removeprefix("/api/printers/").partition("/")
            printer = next(printer for printer in self.printers if printer["name"] == name)
            printer.update(paused=verb == "pause", revision=printer.get("revision", 1) + 1)
            return 200, printer
        uuid, _slash, verb = path.removeprefix("/api/jobs/").partition("/")
        if uuid not in self.jobs:
            return 404, problem("not_found", "There is nothing of that name here.")
        status = self.jobs[uuid]["status"]
        if verb == "reprint":
            status = status_of(body["uuid"], quantity=2, printer=body["printer"])
            self.jobs[body["uuid"]] = {"body": body, "status": status}
            return 202, status
        if verb in ("pause", "resume"):
            status["paused"] = verb == "pause"
        else:
            ends = {"cancel": "cancelled", "retry": "queued", "resolve": "printing"}
            status["status"] = ends[verb]
        status["revision"] += 1
        return 200, status

    def _handler(fake):  # noqa: N805 - the handler's own self is inside
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                self._answer()

            def do_POST(self):
                self._answer()

            def do_PUT(self):
                self._answer()

            def _answer(self):
                length = int(self.headers.get("Content-Length") or 0)
                body = json.loads(self.rfile.read(length)) if length else None
                headers = dict(self.headers)
                fake.requests.append((self.command, self.path, headers, body))
                status, answer = fake.answer(self.command, self.path, headers, body)
                if not isinstance(answer, bytes):
                    answer = json.dumps(answer).encode()
                self.send_response(status)
                is_picture = answer.startswith(PNG_BEGIN)
                self.send_header("Content-Type", "image/png" if is_picture else "application/json")
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *args):
                """Say nothing: the requests are kept."""

        return Handler


def status_of(uuid, **values):
    """Return a status object as the service gives it."""
    return {
        "job_id": f"job-{uuid[:8]}",
        "uuid": uuid,
        "status": "queued",
        "quantity": 1,
        "current_label": 0,
        "progress_percent": 0.0,
        "printer": "line-a",
        "unconfirmed": [],
        "attention": None,
        "error_code": None,
        "error_message": None,
        "eta_seconds": None,
        "revision": 1,
        "updated_at": "2026-01-31T09:26:03Z",
        **values,
    }


def problem(code, detail, action="Do something about it."):
    """Return problem details."""
    return {"type": f"about:{code}", "title": code, "code": code, "detail": detail, "action": action}
