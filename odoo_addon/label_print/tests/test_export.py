import csv
import io
import json

from odoo.tests import HttpCase, tagged

from ..controllers.label_print_export import cell
from .common import LabelPrintCase

URL = "/label_print/jobs.csv"


@tagged("post_install", "-at_install")
class TestExport(LabelPrintCase, HttpCase):
    """The filtered list as a file which a spreadsheet may open without harm."""

    def get(self, domain=None, user=None, url=URL):
        user = user or self.manager
        self.authenticate(user.login, user.login)
        self.env.flush_all()
        return self.url_open(f"{url}?domain={json.dumps(domain or [])}")

    def rows(self, *args, **kwargs):
        response = self.get(*args, **kwargs)
        self.assertEqual(response.status_code, 200)
        self.assertTrue(response.content.startswith(b"\xef\xbb\xbf"))
        return list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))

    def test_columns(self):
        self.manager.tz = "Europe/Berlin"
        self.products["none"].write({"name": '=HYPERLINK("x")', "default_code": False})
        job = self.job(
            status="failed", error_message="@bad, very bad", finished_at="2026-07-01 10:00:00"
        )
        header, row = self.rows()
        self.assertEqual(header[:3], ["Manufacturing order", "Product", "Job type"])
        self.assertIn("Finished (Europe/Berlin)", header)
        found = dict(zip(header, row, strict=True))
        self.assertEqual(found["Manufacturing order"], job.mo_id.name)
        self.assertEqual(found["Product"], '\'=HYPERLINK("x")')
        self.assertEqual(found["Status"], "Failed")
        self.assertEqual(found["Quantity"], "10")
        self.assertEqual(found["Finished (Europe/Berlin)"], "2026-07-01 12:00:00")
        self.assertEqual(found["Error"], "'@bad, very bad")
        self.assertEqual(found["UUID"], job.uuid)

    def test_exactly_the_filtered_jobs_newest_first(self):
        self.patch(self._export_module(), "CHUNK_JOBS", 2)
        jobs = self.jobs
        for _number in range(5):
            jobs |= self.job()
        jobs[1].status = "failed"
        rows = self.rows([["status", "=", "queued"]])[1:]
        expected = (jobs - jobs[1]).sorted("id", reverse=True).mapped("uuid")
        self.assertEqual([row[-1] for row in rows], expected)
        rows = self.rows([["id", "in", jobs[3].ids]])[1:]
        self.assertEqual([row[-1] for row in rows], [jobs[3].uuid])

    def test_a_row_for_each_label(self):
        job = self.job(quantity=2)
        labels = [
            {"label": 1, "serial": "=SN-1", "outcome": "printed", "evidence": "odometer", "attempt": 1,
             "printer": "line-a", "recorded_at": "2026-07-01T10:00:00.5Z"},
            {"label": 2, "serial": None, "outcome": "pending", "evidence": None, "attempt": 0},
        ]  # fmt: skip
        for words, page in (
            ("after=0&limit=1", labels[:1]),
            ("after=0&limit=500", labels),
            ("after=2&limit=500", []),
        ):
            path = f"/api/jobs/{job.uuid}/labels?{words}"
            self.platen.answers["GET", path] = (200, {"labels": page})
        self.manager.tz = "Europe/Berlin"
        self.job(service_job_id=False)
        header, first, second = self.rows(url="/label_print/labels.csv")
        found = dict(zip(header, first, strict=True))
        self.assertEqual(found["Manufacturing order"], job.mo_id.name)
        self.assertEqual((found["Label"], found["Serial or lot"]), ("1", "'=SN-1"))
        self.assertEqual((found["Outcome"], found["Evidence"]), ("printed", "odometer"))
        self.assertEqual(found["Recorded (Europe/Berlin)"], "2026-07-01 12:00:00")
        self.assertEqual((found["UUID"], second[2]), (job.uuid, "2"))
        self.assertEqual(self.get(user=self.supervisor, url="/label_print/labels.csv").status_code, 403)

    def _export_module(self):
        from ..controllers import label_print_export

        return label_print_export

    def test_rules_of_the_user_apply(self):
        job = self.job()
        other = self.env["res.company"].create({"name": "Elsewhere"})
        self.job().company_id = other
        self.assertEqual([row[-1] for row in self.rows()[1:]], [job.uuid])

    def test_managers_only(self):
        for url in (URL, "/label_print/labels.csv"):
            self.assertEqual(self.get(user=self.supervisor, url=url).status_code, 403)
        self.authenticate(None, None)
        response = self.url_open(URL, allow_redirects=False)
        self.assertIn(response.status_code, (302, 303))

    def test_bad_domain_is_refused_as_a_whole(self):
        self.authenticate(self.manager.login, self.manager.login)
        for domain in ("nonsense", '[["no_such_field","=",1]]', '{"a":1}'):
            self.assertEqual(self.url_open(f"{URL}?domain={domain}").status_code, 400, domain)

    def test_guard(self):
        for start in ("=", "+", "-", "@", "\t", "\r"):
            self.assertEqual(cell(f"{start}1+1"), f"'{start}1+1")
        self.assertEqual(cell('say "hi"'), 'say ""hi""')
        self.assertEqual(cell(-5), "-5")
        self.assertEqual(cell(False), "")
        self.assertEqual(cell(0), "0")
