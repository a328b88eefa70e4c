from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .common import LabelPrintCase


@tagged("post_install", "-at_install")
class TestReprint(LabelPrintCase):
    """Labels once more: a job of its own, with a reason, for those who may."""

    def setUp(self):
        super().setUp()
        order = self.order(4)
        order.action_label_print()
        self.first = self.jobs_of(order)
        self.send()
        self.tell(
            self.report(self.first, 8, "completed", quantity=4, current_label=4, printer="line-a")
        )

    def wizard(self, user=None, **values):
        model = self.env["label.print.reprint"].with_user(user or self.supervisor)
        form = Form(model.with_context(default_job_id=self.first.id))
        for name, value in values.items():
            form[name] = value
        return form.save()

    def reprint(self, **values):
        action = self.wizard(**values).action_reprint()
        return self.jobs.browse(action["res_id"])

    def test_all_of_them_are_proposed(self):
        wizard = self.wizard(reason="Lost")
        self.assertEqual((wizard.labels, wizard.label_count, wizard.mark), ("1-4", 4, True))

    def test_some_labels_once_more(self):
        again = self.reprint(labels="4, 2", reason="Smeared", mark=False)
        self.assertEqual((again.status, again.quantity), ("pending", 2))
        self.assertEqual((again.reprint_labels, again.reprint_reason), ("2, 4", "Smeared"))
        self.assertEqual(self.first.reprint_count, 1)
        self.assertIn("Smeared", self.first.message_ids[:1].body)
        self.send()
        self.assertEqual(again.status, "queued")
        (body,) = self.platen.bodies(f"/api/jobs/{self.first.uuid}/reprint")
        self.assertEqual(
            body,
            {
                "uuid": again.uuid,
                "labels": "2,4",
                "reason": "Smeared",
                "mark": False,
                "printer": "line-a",
                "submitted_by": self.supervisor.name,
            },
        )

    def test_a_cancelled_order_does_not_stop_it(self):
        self.first.mo_id.action_cancel()
        again = self.reprint(labels="1", reason="For the scrap")
        self.send()
        self.assertEqual(again.status, "queued")

    def test_what_is_no_label_is_refused(self):
        for labels in ("5", "0", "2-1", "all"):
            wizard = self.wizard(labels=labels, reason="Lost")
            self.assertFalse(wizard.is_understood)
            with self.assertRaisesRegex(UserError, "from 1 to 4"):
                wizard.action_reprint()

    def test_nothing_printed_nothing_to_reprint(self):
        waiting = self.job(user=self.supervisor).with_user(self.supervisor)
        with self.assertRaises(UserError):
            waiting.action_reprint()

    def test_a_plain_user_is_refused_by_the_server(self):
        with self.assertRaises(AccessError):
            self.first.with_user(self.maker).action_reprint()
        wizard = self.wizard(reason="Lost")
        with self.assertRaises(AccessError):
            wizard.with_user(self.maker).action_reprint()
