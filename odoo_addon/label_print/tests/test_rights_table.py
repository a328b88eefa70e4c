import inspect

from odoo import models
from odoo.exceptions import AccessError, UserError, ValidationError
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
    ("label.print.job", "action_cancel"): SUPERVISOR,
    ("label.print.job", "action_open_order"): USER,
    ("label.print.job", "action_retry"): SUPERVISOR,
    ("label.print.job", "print_report"): USER,
    ("label.print.job", "service_fetch"): SERVICE,
    ("label.print.job", "service_hello"): SERVICE,
    ("label.print.job", "service_report"): SERVICE,
    ("mrp.production", "action_label_print"): USER,
    ("mrp.production", "action_label_print_jobs"): USER,
    ("printer.configuration", "action_open_jobs"): USER,
    ("res.config.settings", "action_label_print_test_connection"): ADMINISTRATOR,
}
ARGUMENTS = {
    "print_report": ("stock.label_lot_template_view", []),
    "service_fetch": ("agent", 1),
    "service_report": ([],),
}
# Every model of the addon: who may read it, and who may create, change and delete its records.
MODELS = {
    "label.print.agent": (MANAGER, None),
    "label.print.job": (USER, None),
    "label.print.rule": (USER, MANAGER),
    "label.print.template": (USER, None),
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
            "printing": "base.group_user,label_print.group_user",
            "reprinting": "base.group_user,label_print.group_reprint",
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

    def call(self, user, model, method):
        """Call a method as the client would; return whether it was refused for want of a right."""
        records = {
            "label.print.job": self.pending,
            "mrp.production": self.pending.mo_id,
            "printer.configuration": self.printer,
            "res.config.settings": self.settings,
        }[model]
        self.env.flush_all()
        try:
            with self.env.cr.savepoint() as savepoint:
                getattr(records.with_user(user), method)(*ARGUMENTS.get(method, ()))
                savepoint.rollback()
        except AccessError:
            return True
        except (UserError, ValidationError):
            return False
        finally:
            self.env.invalidate_all()
        return False

    def test_every_method_takes_its_right(self):
        order = self.order(1)
        order.with_user(self.maker).action_label_print()
        self.pending = self.jobs_of(order)
        self.settings = self.env["res.config.settings"].create({})
        for (model, method), group in METHODS.items():
            if model == "mrp.production":
                # Their own right on orders is not the question here.
                continue
            for user in self.people:
                with self.subTest(method=f"{model}.{method}", user=user.login):
                    self.assertEqual(self.call(user, model, method), not user.has_group(group))

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
