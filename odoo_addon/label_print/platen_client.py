"""The way to the print service; nothing else in this addon speaks HTTP to it.

One function makes every request. Whatever goes wrong becomes a
:class:`PlatenError` whose words a person can read and whose class says what
follows: try again later, ask an administrator, or give up. The key and the
contents of labels are never logged.
"""

import logging
import os
import time
from urllib.parse import quote, urlsplit

import requests

from odoo.tools import config

from . import service_words

_logger = logging.getLogger(__name__)

CONNECT_TIMEOUT_SECONDS = 2
READ_TIMEOUT_SECONDS = 5
#: The service answers a cancellation only when the labels in the printer are accounted for.
CANCEL_READ_TIMEOUT_SECONDS = 15
#: Drawing is given up by the service after a few seconds.
PREVIEW_READ_TIMEOUT_SECONDS = 15
#: A proxy which answers this may have handed the request on before it gave up.
AMBIGUOUS_STATUSES = (502, 504)
RETRY_LATER_STATUSES = (408, 425, 429)
PNG = "image/png"


class PlatenError(Exception):
    """What went wrong, in the words of a problem: code, message, action."""

    def __init__(self, message, code, action=""):
        super().__init__(message)
        self.message = message
        self.code = code
        self.action = action

    def for_people(self, env):
        """Return one paragraph in their language: what happened, then what to do."""
        return service_words.advice(env, self.message, self.action)


class PlatenUnavailable(PlatenError):
    """The service took nothing; the same request may succeed later."""


class PlatenSilent(PlatenError):
    """The request left, the answer is missing: it may have been carried out."""


class PlatenDenied(PlatenError):
    """The key was not accepted; only an administrator can mend it."""


class PlatenRefused(PlatenError):
    """The service understood and refused; repeating it changes nothing."""


class Connection:
    """Address and key of the service, and the identity of this database."""

    def __init__(self, url, key, database_uuid, mailbox=None):
        """
        :param mailbox: takes method, path and body where Odoo has no way to the service,
            and keeps them until the service fetches them
        """
        self.mailbox = mailbox
        self.url = (url or "").strip().rstrip("/")
        self._key = (key or "").strip()
        self.database_uuid = database_uuid or ""

    def __bool__(self):
        return bool(self.url or self.mailbox)

    @property
    def headers(self):
        """The service pins the database's uuid: a copied database cannot print."""
        return {
            "Authorization": f"Bearer {self._key}",
            "Accept": "application/json, application/problem+json",
            "X-Odoo-Database-UUID": self.database_uuid,
        }


def setting(env, name):
    """Return a setting; the server's configuration wins over the database.

    :param name: such as ``api_url`` or ``mode``; looked up as ``label_print_<name>`` in
        the configuration file, ``LABEL_PRINT_<NAME>`` in the environment and
        ``label_print.<name>`` in the system parameters
    """
    # sudo: every user's split ends up here; the value never leaves the server
    parameters = env["ir.config_parameter"].sudo()
    return (
        config.get(f"label_print_{name}")
        or os.environ.get(f"LABEL_PRINT_{name.upper()}")
        or parameters.get_param(f"label_print.{name}")
        or ""
    )


def connection(env, url=None, key=None):
    """Return the connection of this database; the arguments replace the settings."""
    # sudo: the uuid is not a secret, but only administrators read parameters
    parameters = env["ir.config_parameter"].sudo()
    if is_neutralized(env):
        # Wherever the key is from.
        return Connection("", "", "")
    if is_fetched(env):
        return Connection("", "", "", mailbox=env["label.print.wish"]._post)
    return Connection(
        url if url is not None else setting(env, "api_url"),
        key if key is not None else setting(env, "api_key"),
        parameters.get_param("database.uuid"),
    )


def is_fetched(env):
    """Tell whether the service fetches its jobs; then nothing is ever sent to it."""
    return setting(env, "mode") == "pull" and not is_neutralized(env)


def is_neutralized(env):
    """Tell whether this database is a copy for tests, which has no business at a real printer."""
    # sudo: only administrators read parameters
    return bool(env["ir.config_parameter"].sudo().get_param("database.is_neutralized"))


def submit(link, body):
    """Hand over a job; the same ``uuid`` again is harmless.

    :param dict body: of a reprint, ``reprint_of`` names the uuid of the first job
    """
    if "reprint_of" in body:
        wish = {name: value for name, value in body.items() if name != "reprint_of"}
        return request(link, "POST", f"/api/jobs/{quote(body['reprint_of'])}/reprint", wish)
    return request(link, "POST", "/api/jobs", body)


def statuses(link, uuids):
    """Return the status objects of those jobs the service knows, by uuid."""
    answer = request(link, "POST", "/api/status", {"ids": uuids})
    return {status.get("uuid"): status for status in _rows(answer, "jobs")}


def cancel(link, uuid):
    """Stop a job; the answer says where it stopped."""
    return request(
        link, "POST", f"/api/jobs/{quote(uuid)}/cancel", {}, CANCEL_READ_TIMEOUT_SECONDS
    )


def pause(link, uuid):
    """Begin no more labels of a job until it is resumed."""
    return request(link, "POST", f"/api/jobs/{quote(uuid)}/pause", {})


def resume(link, uuid):
    """Let a job go on: after a pause, after a question that held it, or past its time."""
    return request(link, "POST", f"/api/jobs/{quote(uuid)}/resume", {})


def retry(link, uuid):
    """Print what is missing of an ended job."""
    return request(link, "POST", f"/api/jobs/{quote(uuid)}/retry", {})


def resolve(link, uuid, labels, printed):
    """Answer for unconfirmed labels, written as ``3,7-12``: they are there, or print them again."""
    wish = {"labels": labels, "printed": printed}
    return request(link, "POST", f"/api/jobs/{quote(uuid)}/resolve", wish)


def labels(link, uuid, after, limit):
    """Return a page of a job's labels with outcome and evidence."""
    return request(link, "GET", f"/api/jobs/{quote(uuid)}/labels?after={after:d}&limit={limit:d}")


def picture(link, uuid, label):
    """Return the PNG of one label of a job."""
    return request(link, "GET", f"/api/jobs/{quote(uuid)}/labels/{label:d}/picture", accept=PNG)


def happenings(link, uuid):
    """Return what happened to a job, oldest first."""
    return _rows(request(link, "GET", f"/api/jobs/{quote(uuid)}/events"), "events")


def steer_printer(link, name, verb):
    """Pause or resume a printer; the answer is the printer.

    :param verb: ``pause`` or ``resume``
    """
    return request(link, "POST", f"/api/printers/{quote(name, safe='')}/{verb}", {})


def printers(link):
    """Return the printers the service knows."""
    return _rows(request(link, "GET", "/api/printers"), "printers")


def template(link, name):
    """Return one template; refused with ``unknown_template`` or ``not_found``."""
    return request(link, "GET", f"/api/templates/{quote(name, safe='')}")


def templates(link):
    """Return the templates the service knows."""
    return _rows(request(link, "GET", "/api/templates"), "templates")


def put_template(link, name, body):
    """Leave files as a new draft version; the same files again make no new one."""
    return request(link, "PUT", f"/api/templates/{quote(name, safe='')}", body)


def approve_template(link, name, version, submitted_by):
    """Have new jobs printed with that version."""
    body = {"version": version, "submitted_by": submitted_by}
    return request(link, "POST", f"/api/templates/{quote(name, safe='')}/approve", body)


def preview(link, name, body):
    """Return picture (base64), ZPL, notes and findings of one label."""
    path = f"/api/templates/{quote(name, safe='')}/preview"
    return request(link, "POST", path, {**body, "format": "json"}, PREVIEW_READ_TIMEOUT_SECONDS)


def try_job(link, body):
    """Check a job as if it were handed over; nothing is kept and nothing prints."""
    return request(link, "POST", "/api/jobs?dry_run=true", body)


def request(link, method, path, body=None, read_timeout=None, accept=None):
    """Make one request and return the decoded answer, or raise a PlatenError.

    :param read_timeout: seconds to wait for the answer, READ_TIMEOUT_SECONDS when not given
    :param accept: a media type whose bytes are wanted in place of JSON
    """
    if not link:
        raise PlatenUnavailable(
            "The print service is not set up.",
            "service_not_configured",
            "Enter its address and key in Settings → Manufacturing → Label printing.",
        )
    if link.mailbox:
        return link.mailbox(method, path, body)
    if urlsplit(link.url).scheme not in ("http", "https"):
        raise PlatenUnavailable(
            f"The address {link.url} of the print service is not usable.",
            "service_not_configured",
            "Enter it in the form https://labels.example.com in Settings → Manufacturing.",
        )
    started = time.monotonic()
    try:
        response = requests.request(
            method,
            link.url + path,
            json=body,
            headers={**link.headers, "Accept": accept} if accept else link.headers,
            timeout=(CONNECT_TIMEOUT_SECONDS, read_timeout or READ_TIMEOUT_SECONDS),
            allow_redirects=False,
        )
    except (requests.exceptions.RequestException, UnicodeError) as error:
        problem = _connection_problem(urlsplit(link.url).netloc, error)
        _logger.warning(
            "%s %s failed after %d ms: %s",
            method,
            path,
            (time.monotonic() - started) * 1000,
            problem.message,
        )
        raise problem from error
    duration_ms = (time.monotonic() - started) * 1000
    _logger.info("%s %s answered %s in %d ms", method, path, response.status_code, duration_ms)
    if accept and response.status_code == 200 and response.headers["Content-Type"] == accept:
        return response.content
    return _decode(link, response)


def _connection_problem(host, error):
    """Translate what the HTTP library raised into what follows from it."""
    if isinstance(error, UnicodeError | ValueError):
        return PlatenUnavailable(
            f"The address or the key for {host} cannot be sent.",
            "service_not_configured",
            "Copy both again into Settings → Manufacturing → Label printing.",
        )
    if isinstance(error, requests.exceptions.SSLError):
        return PlatenUnavailable(
            f"The certificate of {host} is not trusted.",
            "service_unreachable",
            "Install a certificate that this server trusts.",
        )
    if isinstance(error, requests.exceptions.ConnectTimeout):
        return PlatenUnavailable(
            f"{host} does not answer.",
            "service_unreachable",
            "Check that the machine is on and the address is right.",
        )
    if isinstance(error, requests.exceptions.ConnectionError) and _never_connected(error):
        return PlatenUnavailable(
            f"No print service is listening at {host}.",
            "service_unreachable",
            "Check the address and that platen is running; labels wait until it is.",
        )
    return PlatenSilent(
        f"{host} took the request but gave no answer.",
        "service_silent",
        "It is asked again; nothing prints twice.",
    )


def _never_connected(error):
    """Tell a refused connection from one that broke while it was used."""
    reason = error.args[0] if error.args else None
    reason = getattr(reason, "reason", reason)
    return type(reason).__name__ in ("NewConnectionError", "NameResolutionError")


def _decode(link, response):
    try:
        answer = response.json()
    except ValueError:
        answer = None
    status = response.status_code
    if 200 <= status < 300 and isinstance(answer, dict | list):
        return answer
    problem = answer if isinstance(answer, dict) else {}
    words = {
        "message": problem.get("detail") or problem.get("title"),
        "code": problem.get("code"),
        "action": problem.get("action") or "",
    }
    if status in (401, 403):
        raise PlatenDenied(
            words["message"] or "The print service does not accept the key.",
            words["code"] or "unauthorized",
            words["action"]
            if words["code"] not in (None, "unauthorized")
            else "An administrator corrects the key in Settings → Manufacturing → Label printing.",
        )
    if status in AMBIGUOUS_STATUSES:
        raise PlatenSilent(
            f"A proxy answered {status} in place of the print service.",
            "service_silent",
            "It is asked again; nothing prints twice.",
        )
    if 400 <= status < 500 and words["code"] and status not in RETRY_LATER_STATUSES:
        raise PlatenRefused(words["message"] or words["code"], words["code"], words["action"])
    if status >= 500 or status in RETRY_LATER_STATUSES:
        raise PlatenUnavailable(
            words["message"] or f"The print service answered {status}.",
            words["code"] or "service_unavailable",
            words["action"] or "It is asked again by itself.",
        )
    raise PlatenUnavailable(
        f"What answers at {urlsplit(link.url).netloc} (status {status}) is not the print service.",
        "service_unreachable",
        "Check the address in Settings → Manufacturing → Label printing.",
    )


def _rows(answer, name):
    """Take a list as it is, or out of the page it came in."""
    if isinstance(answer, dict):
        answer = answer.get(name) or answer.get("items") or []
    return [row for row in answer if isinstance(row, dict)]
