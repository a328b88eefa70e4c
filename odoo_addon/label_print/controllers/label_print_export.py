import functools
import json

from werkzeug.exceptions import BadRequest

from odoo import api, http
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.http import content_disposition, request
from odoo.modules.registry import Registry

from .. import platen_client

CHUNK_JOBS = 1000
#: What a spreadsheet would take for the start of a formula.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
#: Jobs of which the service has labels.
HELD = Domain("service_job_id", "!=", False)


class LabelPrintExport(http.Controller):
    """The history as a file, streamed: a year of it never stands in memory."""

    @http.route("/label_print/jobs.csv", type="http", auth="user", readonly=True)
    def jobs_csv(self, domain="[]"):
        """Return the jobs of the domain which the user may see, newest first."""
        return _file("label_print_jobs.csv", _checked(domain), _jobs)

    @http.route("/label_print/labels.csv", type="http", auth="user", readonly=True)
    def labels_csv(self, domain="[]"):
        """Return the labels of these jobs, as the print service has them."""
        domain = _checked(domain)
        env = request.env
        if platen_client.is_fetched(env):
            raise UserError(
                env._(
                    "The print service fetches its jobs from here, so Odoo cannot ask it for their "
                    "labels. Export them on the page of the print service itself."
                )
            )
        last = env["label.print.job"].search(Domain(domain) & HELD, order="id desc", limit=1)
        if last:
            # Asked once before the stream begins: its silence is an error, not half a file.
            try:
                platen_client.labels(platen_client.connection(env), last.uuid, 0, 1)
            except platen_client.PlatenError as error:
                raise UserError(error.for_people(request.env)) from error
        return _file("label_print_labels.csv", domain, _labels)


def _checked(domain):
    """Return the domain that was asked for, if the user may export it."""
    jobs = request.env["label.print.job"]
    jobs.check_access("read")
    if not request.env.user.has_group("label_print.group_manager"):
        raise AccessError(
            request.env._("Only a label printing manager may export the history.")
        )
    try:
        # As above: a bad domain is an error, not half a file.
        domain = list(Domain(json.loads(domain)))
        jobs.search(domain, limit=1)
    except (TypeError, ValueError) as error:
        raise BadRequest("The domain is not one of print jobs.") from error
    return domain


def _file(name, domain, lines_of):
    env = request.env
    lines = _stream(request.db, env.uid, dict(env.context), domain, lines_of)
    return request.make_response(
        lines,
        headers=[
            ("Content-Type", "text/csv; charset=utf-8"),
            ("Content-Disposition", content_disposition(name)),
            ("Cache-Control", "no-store"),
        ],
    )


def _stream(database, uid, context, domain, lines_of):
    """Yield the file; the request's own cursor is closed by the time this runs."""
    with Registry(database).cursor(readonly=True) as cursor:
        env = api.Environment(cursor, uid, context)
        # The mark tells spreadsheets that this is UTF-8.
        yield "\ufeff"
        yield from lines_of(env["label.print.job"], Domain(domain))


def _jobs(jobs, domain):
    """Yield the lines of jobs, in chunks."""
    yield line(title for _name, title in jobs._export_columns())
    older, texts = Domain.TRUE, {}
    while True:
        ids, rows = jobs._export_chunk(domain & older, CHUNK_JOBS, texts)
        if not ids:
            break
        yield "".join(line(row) for row in rows)
        older = Domain("id", "<", ids[-1])
        jobs.env.invalidate_all()


def _labels(jobs, domain):
    """Yield the lines of their labels."""
    yield line(jobs._export_label_columns())
    ask = functools.partial(platen_client.labels, platen_client.connection(jobs.env))
    older = Domain.TRUE
    while chunk := jobs.search(domain & HELD & older, order="id desc", limit=CHUNK_JOBS):
        for job in chunk:
            yield "".join(line(row) for row in job._export_labels(ask))
        older = Domain("id", "<", chunk[-1].id)
        jobs.env.invalidate_all()


def line(values):
    """Return one line of the file, every cell quoted."""
    return ",".join(f'"{cell(value)}"' for value in values) + "\r\n"


def cell(value):
    """Return a value as the inside of a quoted cell that is no formula.

    Numbers stay as they are: only texts come from people.
    """
    if value is None or value is False:
        return ""
    if isinstance(value, int | float):
        return str(value)
    text = str(value)
    if text.startswith(FORMULA_STARTS):
        text = "'" + text
    return text.replace('"', '""')
