import json

from werkzeug.exceptions import BadRequest

from odoo import api, http
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.http import content_disposition, request
from odoo.modules.registry import Registry

ROUTE = "/label_print/jobs.csv"
CHUNK_JOBS = 1000
#: What a spreadsheet would take for the start of a formula.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


class LabelPrintExport(http.Controller):
    """The history of jobs as a file, streamed: a year of it never stands in memory."""

    @http.route(ROUTE, type="http", auth="user", methods=["GET", "POST"], readonly=True)
    def jobs_csv(self, domain="[]"):
        """Return the jobs of the domain which the user may see, newest first."""
        jobs = request.env["label.print.job"]
        jobs.check_access("read")
        if not request.env.user.has_group("label_print.group_manager"):
            raise AccessError(
                request.env._("Only a label printing manager may export the history.")
            )
        try:
            # Asked once before the stream begins: a bad domain is an error, not half a file.
            domain = list(Domain(json.loads(domain)))
            jobs.search(domain, limit=1)
        except (TypeError, ValueError) as error:
            raise BadRequest("The domain is not one of print jobs.") from error
        lines = _stream(request.db, request.env.uid, dict(request.env.context), domain)
        return request.make_response(
            lines,
            headers=[
                ("Content-Type", "text/csv; charset=utf-8"),
                ("Content-Disposition", content_disposition("label_print_jobs.csv")),
                ("Cache-Control", "no-store"),
            ],
        )


def _stream(database, uid, context, domain):
    """Yield the file; the request's own cursor is closed by the time this runs."""
    with Registry(database).cursor(readonly=True) as cursor:
        env = api.Environment(cursor, uid, context)
        jobs = env["label.print.job"]
        # The mark tells spreadsheets that this is UTF-8.
        yield "\ufeff" + line(title for _name, title in jobs._export_columns())
        older = Domain.TRUE
        texts = {}
        while True:
            ids, rows = jobs._export_chunk(Domain(domain) & older, CHUNK_JOBS, texts)
            if not ids:
                break
            yield "".join(line(row) for row in rows)
            older = Domain("id", "<", ids[-1])
            env.invalidate_all()


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
