import inspect

from odoo import models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from .common import LabelPrintCase

ADDON = "odoo.addons.label_print."
USER, REPRINT, SUPERVISOR, MANAGER, SERVICE, ADMINISTRATOR = (
    "label_print.group_user",
    "label_print.group_reprint",
    "label_print.group_supervisor",
    "label_print.group_manager",
    "label_print.group_service",
    "base.group_system",
)

# Every method of the addon that can be called from outside, and the right it takes.
METHODS = {
    ("label.print.attention", "get_items"): None,  # tells nobody what he may not read
    ("label.print.attention", "get_onboarding"): USER,
    ("label.print.job", "action_cancel"): SUPERVISOR,
    ("label.print.job", "action_open_order"): USER,
    ("label.print.job", "action_open_reprints"): USER,
    ("label.print.job", "action_pause"): SUPERVISOR,
    ("label.print.job", "action_reprint"): REPRINT,
    ("label.print.job", "action_resolve"): SUPERVISOR,
    ("label.print.job", "action_resume"): SUPERVISOR,
    ("label.print.job", "action_retry"): SUPERVISOR,
    ("label.print.job", "get_label_picture"): USER,
    ("label.print.job", "get_labels"): USER,
    ("label.print.job", "get_timeline"): USER,
    ("label.print.job", "print_report"): USER,
    ("label.print.job", "service_fetch"): SERVICE,
    ("label.print.job", "service_hello"): SERVICE,
    ("label.print.job", "service_report"): SERVICE,
    ("label.print.reprint", "action_reprint"): REPRINT,
    ("label.print.resolve", "action_resolve"): SUPERVISOR,
    ("label.print.template", "action_edit"): MANAGER,
    ("label.print.template", "action_new"): MANAGER,
    ("label.print.template", "action_open_templates"): USER,
    ("label.print.template", "action_refresh"): USER,
    ("label.print.template.editor", "action_save_draft"): MANAGER,
    ("label.print.template.editor", "action_try"): MANAGER,
    ("label.print.template.version", "action_approve"): MANAGER,
    ("label.print.wizard", "action_print"): USER,
    ("label.print.wizard", "action_try"): USER,
    ("label.print.wizard", "action_use_suggested_printer"): USER,
    ("mrp.production", "action_label_print"): USER,
    ("mrp.production", "action_label_print_jobs"): USER,
    ("printer.configuration", "action_open_jobs"): USER,
    ("printer.configuration", "action_pause"): SUPERVISOR,
    ("printer.configuration", "action_print_test"): USER,
    ("printer.configuration", "action_resume"): SUPERVISOR,
    ("printer.configuration", "read_now"): USER,
    ("res.config.settings", "action_label_print_test_connection"): ADMINISTRATOR,
}
ARGUMENTS = {
    "print_report": ("stock.label_lot_template_view", []),
    "service_fetch": ("agent", 1),
    "service_report": ([],),
}
# Every model of the addon: who may read it, and who may create, change and delete its records.
MODELS = {
    "label.print.agent": (USER, None),
    "label.print.job": (USER, None),
    "label.print.rule": (USER, MANAGER),
    "label.print.template": (USER, None),
    "label.print.template.version": (USER, None),
    "label.print.wish": (MANAGER, None),
    "printer.configuration": (USER, MANAGER),
}


@tagged("post_install", "-at_install")
class TestRightsTable(LabelPrintCase):
    """Whatever a button hides, the server refuses it as well to those without the right."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        groups = {
            "outsider": "mrp.group_mrp_manager,stock.group_stock_manager",
            "printing": "stock.group_stock_user,label_print.group_user",
            "reprinting": "stock.group_stock_user,label_print.group_reprint",
        }
        cls.people = [
            new_test_user(cls.env, login=login, groups=names) for login, names in groups.items()
        ]
        # Whoever makes orders may print; this one may not.
        implied = cls.env.ref("mrp.group_mrp_user")
        implied.implied_ids -= cls.env.ref("label_print.group_user")
        cls.people[0].group_ids -= cls.env.ref("label_print.group_user")
        cls.people += [cls.supervisor, cls.manager, cls.service_user]
        # The maker of the other tests got the right from her work; give it by name.
        for user in cls.maker | cls.supervisor | cls.manager:
            user.group_ids += cls.env.ref("label_print.group_user")

    def prepare(self):
        """Make a record of each model; those of wizards are made by who calls them."""
        order = self.order(1)
        order.with_user(self.maker)._label_print_on("split")
        job = self.jobs_of(order)
        # Some of it printed, some in doubt: nothing is left out for another reason than the right.
        job.write({"quantity": 3, "current_label": 1, "unconfirmed": "2", "service_job_id": "a"})
        template = self.env["label.print.template"].create({"name": "tag", "title": "Tag"})
        version = self.env["label.print.template.version"].create(
            {"template_id": template.id, "version": "1"}
        )
        self.records = {
            "label.print.job": job,
            "mrp.production": order,
            "printer.configuration": self.printer,
            "label.print.template": template,
            "label.print.template.version": version,
            "res.config.settings": self.env["res.config.settings"].create({}),
        }
        wizard = {"res_model": order._name, "res_ids": order.ids}
        self.wizards = {
            "label.print.reprint": {"job_id": job.id, "labels": "1", "reason": "smeared"},
            "label.print.resolve": {"job_id": job.id},
            "label.print.template.editor": {"name": "tag"},
            "label.print.wizard": {
                **wizard,
                "template_id": template.id,
                "printer_id": self.printer.id,
            },
        }

    def call(self, user, model, method):
        """Call a method as the client would; return whether it was refused for want of a right."""
        self.env.flush_all()
        try:
            with self.enter_registry_test_mode(), self.env.cr.savepoint() as savepoint:
                if model in self.wizards:
                    records = self.env[model].with_user(user).create(self.wizards[model])
                else:
                    records = self.records.get(model, self.env[model]).with_user(user)
                getattr(records, method)(*ARGUMENTS.get(method, ()))
                savepoint.rollback()
        except AccessError:
            return True
        except (UserError, ValidationError):
            return False
        finally:
            self.env.invalidate_all()
        return False

    def test_every_method_takes_its_right(self):
        self.prepare()
        for (model, method), group in METHODS.items():
            if model == "mrp.production":
                # Their own right on orders is not the question here.
                continue
            for user in self.people:
                with self.subTest(method=f"{model}.{method}", user=user.login):
                    allowed = group is None or user.has_group(group)
                    self.assertEqual(self.call(user, model, method), not allowed)

    def test_whoever_works_elsewhere_is_refused(self):
        """All rights, but those of another company."""
        self.prepare()
        other = self.env["res.company"].create({"name": "Elsewhere"})
        self.printer.company_id = self.env.company
        stranger = new_test_user(
            self.env,
            login="stranger",
            groups="mrp.group_mrp_manager,label_print.group_manager",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        of_no_record = {"print_report", "service_fetch", "service_hello", "service_report"}
        of_no_record |= {"read_now"}
        models_of_companies = {"label.print.job", "mrp.production", "printer.configuration"}
        models_of_companies |= {"label.print.reprint", "label.print.resolve"}
        for model, method in METHODS:
            if model in models_of_companies and method not in of_no_record:
                with self.subTest(method=f"{model}.{method}"):
                    self.assertTrue(self.call(stranger, model, method))
        items = self.env["label.print.attention"].with_user(stranger).get_items()
        self.assertEqual((items["jobs"], items["printers"]), ([], []))
        for model in ("label.print.job", "printer.configuration", "label.print.rule"):
            found = self.env[model].with_user(stranger).search([])
            self.assertLessEqual(found.sudo().company_id, other, model)

    def test_orders_are_printed_by_those_with_the_right(self):
        order = self.order(1)
        outsider = self.people[0]
        self.assertTrue(order.with_user(outsider).has_access("write"))
        for model, method in METHODS:
            if model == "mrp.production":
                with self.subTest(method=method), self.assertRaises(AccessError):
                    getattr(order.with_user(outsider), method)()
                getattr(order.with_user(self.supervisor), method)()

    def test_the_table_of_methods_is_whole(self):
        """A new method gets its line above, or begins with an underscore."""
        found = set()
        for name, model_class in self.env.registry.items():
            for base in model_class.__mro__:
                if not base.__module__.startswith(ADDON):
                    continue
                for method, function in vars(base).items():
                    if method.startswith("_") or not inspect.isroutine(function):
                        continue
                    if not self._is_of_odoo(model_class, method):
                        found.add((name, method))
        self.assertEqual(found, set(METHODS))

    def _is_of_odoo(self, model_class, method):
        """Tell what extends a method of Odoo, whose rights are Odoo's."""
        return any(
            method in vars(base)
            for base in model_class.__mro__
            if not base.__module__.startswith(ADDON) and base is not model_class
        )

    def test_every_model_takes_its_rights(self):
        for name, (reading, writing) in MODELS.items():
            model = self.env[name]
            for user in self.people:
                with self.subTest(model=name, user=user.login):
                    mine = model.with_user(user)
                    self.assertEqual(mine.has_access("read"), user.has_group(reading))
                    may_write = bool(writing) and user.has_group(writing)
                    for operation in ("create", "write", "unlink"):
                        self.assertEqual(mine.has_access(operation), may_write, operation)

    def test_the_table_of_models_is_whole(self):
        stored = {
            name
            for name, model_class in self.env.registry.items()
            if self.env[name]._original_module == "label_print"
            and not (model_class._abstract or issubclass(model_class, models.TransientModel))
        }
        self.assertEqual(stored, set(MODELS))

    def test_order_is_readable_without_the_right(self):
        stocker = new_test_user(self.env, login="stocker", groups="stock.group_stock_user")
        order = self.order(2)
        view = self.env["mrp.production"].with_user(stocker).get_view(view_type="form")
        self.assertNotIn("label_print_job_count", view["arch"])
        order.with_user(stocker).read(["name"])

    def test_printers_of_other_companies_are_hidden(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        theirs = self.env["printer.configuration"].create(
            {"name": "line-x", "company_id": other.id}
        )
        seen = self.env["printer.configuration"].with_user(self.maker).search([])
        self.assertIn(self.printer, seen)
        self.assertNotIn(theirs, seen)

    def test_ladder_of_groups(self):
        def has(user, *groups):
            return [user.has_group(group) for group in groups]

        ladder = (USER, REPRINT, SUPERVISOR, MANAGER)
        outsider, printing, reprinting = self.people[:3]
        self.assertEqual(has(outsider, *ladder), [False] * 4)
        self.assertEqual(has(printing, *ladder), [True, False, False, False])
        self.assertEqual(has(reprinting, *ladder), [True, True, False, False])
        self.assertEqual(has(self.supervisor, *ladder), [True, True, True, False])
        self.assertEqual(has(self.manager, *ladder), [True] * 4)
        self.assertEqual(has(self.service_user, *ladder), [False] * 4)
