from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import LabelPrintCase

CLIENT_LOGGER = "odoo.addons.label_print.platen_client"


@tagged("post_install", "-at_install")
class TestResolve(LabelPrintCase):
    """A person's word about labels nobody else can vouch for."""

    def setUp(self):
        super().setUp()
        order = self.order(9)
        order.action_label_print()
        self.doubtful = self.jobs_of(order)
        self.send()
        attention = {"code": "unconfirmed_labels", "message": "Unknown.", "action": "Look."}
        self.tell(
            self.report(
                self.doubtful,
                5,
                quantity=9,
                current_label=4,
                unconfirmed=[5, 7, 8],
                attention=attention,
            )
        )
        self.path = f"/api/jobs/{self.doubtful.uuid}"
        labels = [{"label": number, "serial": f"SN-{number}"} for number in range(5, 10)]
        self.platen.answers["GET", f"{self.path}/labels?after=4&limit=100"] = 200, {
            "labels": labels
        }

    def wizard(self):
        model = self.env["label.print.resolve"].with_user(self.supervisor)
        return Form(model.with_context(default_job_id=self.doubtful.id))

    def resolve(self, form):
        with self.enter_registry_test_mode():
            form.save().action_resolve()
        self.env.invalidate_all()
        return self.platen.bodies(f"{self.path}/resolve")

    def test_each_label_with_its_serial_and_its_answer(self):
        form = self.wizard()
        wizard = form.save()
        self.assertEqual(
            [(line.label, line.serial) for line in wizard.line_ids],
            [(5, "SN-5"), (7, "SN-7"), (8, "SN-8")],
        )
        wizard.line_ids[0].answer = "printed"
        wizard.line_ids[1].answer = "not_printed"
        self.assertEqual(
            self.resolve(form),
            [{"labels": "5", "printed": True}, {"labels": "7", "printed": False}],
        )
        notes = self.doubtful.message_ids[:2].mapped("body")
        self.assertIn("Looked for and not there, so printed again: 7.", notes[0])

    def test_one_answer_for_all(self):
        form = self.wizard()
        form.answer = "printed"
        self.assertEqual(self.resolve(form), [{"labels": "5,7-8", "printed": True}])

    def test_without_the_service_there_are_no_serials_and_no_answer(self):
        self.platen.close()
        with mute_logger(CLIENT_LOGGER):
            form = self.wizard()
            self.assertEqual(len(form.save().line_ids), 3)
            form.answer = "printed"
            with self.assertRaisesRegex(UserError, "No print service is listening"):
                self.resolve(form)

    def test_no_answer_is_no_answer(self):
        with self.assertRaisesRegex(UserError, "at least one label"):
            self.resolve(self.wizard())

    def test_more_than_one_goes_through_is_answered_as_a_range(self):
        self.tell(
            self.report(self.doubtful, 6, quantity=300, unconfirmed=list(range(1, 201)))
        )
        form = self.wizard()
        self.assertEqual(form.labels, "1-200")
        self.assertFalse(form.has_lines)
        form.labels = "1-150"
        form.answer = "not_printed"
        self.assertEqual(self.resolve(form), [{"labels": "1-150", "printed": False}])

    def test_a_plain_user_is_refused_by_the_server(self):
        with self.assertRaises(AccessError):
            self.doubtful.with_user(self.maker).action_resolve()
        with self.assertRaises(AccessError):
            self.env["label.print.resolve"].with_user(self.maker).create(
                {"job_id": self.doubtful.id}
            )
