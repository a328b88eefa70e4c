from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from .common import LabelPrintCase


@tagged("post_install", "-at_install")
class TestRights(LabelPrintCase):
    """Each right is the server's word, not a hidden button."""

    def test_makers_of_orders_print_and_watch(self):
        self.assertTrue(self.maker.has_group("label_print.group_user"))
        self.assertFalse(self.maker.has_group("label_print.group_supervisor"))

    def test_nobody_writes_jobs_by_hand(self):
        job = self.job()
        for user in (self.maker, self.supervisor, self.manager):
            mine = job.with_user(user)
            self.assertEqual(mine.quantity, 10)
            with self.assertRaises(AccessError):
                mine.write({"current_label": 10})
            with self.assertRaises(AccessError):
                mine.unlink()
            with self.assertRaises(AccessError):
                self.jobs.with_user(user).create({})

    def test_service_sees_nothing(self):
        job = self.job()
        with self.assertRaises(AccessError):
            job.with_user(self.service_user).read(["status"])
        with self.assertRaises(AccessError):
            self.printer.with_user(self.service_user).read(["status"])
        with self.assertRaises(AccessError):
            job.mo_id.with_user(self.service_user).read(["name"])

    def test_printing_needs_the_right(self):
        stocker = new_test_user(self.env, login="stocker", groups="stock.group_stock_user")
        order = self.order(2)
        with self.assertRaises(AccessError):
            order.with_user(stocker).action_label_print()

    def test_order_is_readable_without_the_right(self):
        stocker = new_test_user(self.env, login="stocker", groups="stock.group_stock_user")
        order = self.order(2)
        view = self.env["mrp.production"].with_user(stocker).get_view(view_type="form")
        self.assertNotIn("label_print_job_count", view["arch"])
        order.with_user(stocker).read(["name"])

    def test_jobs_of_other_companies_are_hidden(self):
        job = self.job()
        other = self.env["res.company"].create({"name": "Elsewhere"})
        stranger = new_test_user(
            self.env,
            login="stranger",
            groups="mrp.group_mrp_user",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        self.assertNotIn(job, self.jobs.with_user(stranger).search([]))
        with self.assertRaises(AccessError):
            job.with_user(stranger).read(["status"])

    def test_printers_of_other_companies_are_hidden(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        theirs = self.env["printer.configuration"].create(
            {"name": "line-x", "company_id": other.id}
        )
        seen = self.env["printer.configuration"].with_user(self.maker).search([])
        self.assertIn(self.printer, seen)
        self.assertNotIn(theirs, seen)
        with self.assertRaises(AccessError):
            self.printer.with_user(self.maker).write({"name": "mine"})
        self.printer.with_user(self.manager).write({"active": False})
