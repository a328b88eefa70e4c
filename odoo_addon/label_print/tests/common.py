import json

from odoo.fields import Command
from odoo.tests import TransactionCase, common, new_test_user

from .fake_platen import KEY, FakePlaten

#: For a whole tour, on a machine that does other things as well.
TOUR_SECONDS = 240


class LabelPrintCase(TransactionCase):
    """Orders, users, and a print service on a local port."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.jobs = cls.env["label.print.job"]
        cls.jobs.search([]).unlink()
        cls.rules = cls.env["label.print.rule"]
        cls.rules.search([]).active = False
        cls.printer = cls.env["printer.configuration"].create({"name": "line-a"})
        cls.set_param("api_key", KEY)
        cls.set_param("default_printer", "line-a")
        cls.service_user = new_test_user(
            cls.env, login="print-service", groups="base.group_user,label_print.group_service"
        )
        cls.maker = new_test_user(cls.env, login="maker", groups="mrp.group_mrp_user")
        cls.supervisor = new_test_user(
            cls.env, login="steerer", groups="mrp.group_mrp_user,label_print.group_supervisor"
        )
        cls.manager = new_test_user(
            cls.env, login="historian", groups="mrp.group_mrp_user,label_print.group_manager"
        )
        cls.component = cls.env["product.product"].create({"name": "Plank", "is_storable": True})
        cls.products = {
            tracking: cls.env["product.product"].create(
                {
                    "name": f"Shelf ({tracking})",
                    "default_code": f"SHELF-{tracking.upper()}",
                    "is_storable": True,
                    "tracking": tracking,
                }
            )
            for tracking in ("none", "lot", "serial")
        }
        for product in cls.products.values():
            cls.env["mrp.bom"].create(
                {
                    "product_tmpl_id": product.product_tmpl_id.id,
                    "bom_line_ids": [
                        Command.create({"product_id": cls.component.id, "product_qty": 1})
                    ],
                }
            )

    def setUp(self):
        super().setUp()
        self.platen = FakePlaten()
        self.addCleanup(self.platen.close)
        self.set_param("api_url", self.platen.url)

    @classmethod
    def _request_handler(cls, session, request, /, **options):
        # Odoo's guard against outside requests compares the timeout with a number.
        if request.url.startswith("http://127.0.0.1:"):
            return common._super_send(session, request, **options)
        return super()._request_handler(session, request, **options)

    @classmethod
    def set_param(cls, name, value):
        cls.env["ir.config_parameter"].set_param(f"label_print.{name}", value)

    @classmethod
    def rule(cls, event, **values):
        """Return a rule for the orders of every company."""
        return cls.rules.create(
            {"name": f"On {event}", "event": event, "company_id": False, **values}
        )

    @classmethod
    def order(cls, quantity=10, tracking="none", user=None, confirm=True, **values):
        """Return a manufacturing order as the user makes it."""
        order = (
            cls.env["mrp.production"]
            .with_user(user or cls.maker)
            .create(
                {
                    "product_id": cls.products[tracking].id,
                    "product_qty": quantity,
                    **values,
                }
            )
        )
        if confirm:
            order.action_confirm()
        return order

    @classmethod
    def plan(cls, order, count):
        """Plan numbers for an order and return their names."""
        names = [f"{order.name}-{number:02}" for number in range(1, count + 1)]
        lots = cls.env["stock.lot"].create(
            [{"product_id": order.product_id.id, "name": name} for name in names]
        )
        # As the person: no more rights than she has are needed.
        order.write({"lot_producing_ids": [Command.set(lots.ids)]})
        return names

    @classmethod
    def split(cls, order, quantities, context=None):
        """Split an order through the wizard, as a person does, and return all pieces."""
        wizard = (
            cls.env["mrp.production.split"]
            .with_user(order.env.user)
            .with_context(**(context or {}))
            .create(
                {
                    "production_id": order.id,
                    "production_detailed_vals_ids": [
                        Command.create({"quantity": quantity, "date": order.date_start})
                        for quantity in quantities
                    ],
                }
            )
        )
        wizard.action_split()
        return order.production_group_id.production_ids.sorted("backorder_sequence")

    @classmethod
    def jobs_of(cls, orders):
        """Return all jobs of the orders, oldest first."""
        return cls.jobs.search([("mo_id", "in", orders.ids)], order="id")

    def job(self, quantity=10, user=None, **values):
        """Return a job as if it had been taken by the service."""
        order = self.order(quantity, user=user)
        job = self.jobs.with_user(user or self.maker)._enqueue(order, "manual").sudo()
        job.write(
            {"status": "queued", "service_job_id": f"job-{job.id}", "revision": 1, **values}
        )
        self.clear_bus()
        return job

    def send(self):
        """Run the sender as the scheduler does."""
        self._run_cron("label_print.ir_cron_send")

    def poll(self):
        """Run the poller as the scheduler does."""
        self._run_cron("label_print.ir_cron_poll")

    def _run_cron(self, xmlid):
        with self.enter_registry_test_mode():
            outcome = self.env.ref(xmlid).method_direct_trigger()
        self.assertIs(outcome, True, "the cron failed")

    def report(self, job, revision, status="printing", **values):
        """Return a report on a job as the service sends it, with False for nothing."""
        return {
            "kind": "job",
            "uuid": job if isinstance(job, str) else job.uuid,
            "service_job_id": "service-job",
            "revision": revision,
            "status": status,
            "quantity": 10,
            "current_label": 0,
            "printer": "line-a",
            "unconfirmed": [],
            "attention": False,
            "error_code": False,
            "error_message": False,
            "error_action": False,
            "eta_seconds": False,
            "updated_at": "2026-01-31 09:26:03",
            **values,
        }

    def tell(self, *reports):
        """Deliver reports as the service's user."""
        answer = self.jobs.with_user(self.service_user).service_report(list(reports))
        self.env.invalidate_all()
        return answer

    def clear_bus(self):
        self.env.flush_all()
        self.env.cr.precommit.run()
        self.env["bus.bus"].sudo().search([]).unlink()

    def bus_messages(self, notification_type):
        """Return (channel, payload) of what goes out on the bus with this transaction."""
        self.env.cr.precommit.run()
        rows = self.env["bus.bus"].sudo().search([], order="id")
        messages = [(json.loads(row.channel), json.loads(row.message)) for row in rows]
        return [
            (channel, message["payload"])
            for channel, message in messages
            if message["type"] == notification_type
        ]

    def toasts(self, user=None):
        """Return the toasts of a user, or of everybody."""
        return [
            payload
            for channel, payload in self.bus_messages("label_print_notification")
            if user is None or channel[1:] == ["res.partner", user.partner_id.id]
        ]
