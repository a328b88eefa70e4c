from odoo import api, models

TEST_TEMPLATE = "test"
TEST_PRIORITY = 9


class LabelPrintJob(models.Model):
    """A label that tries a printer, as a job like any other: its progress is seen here."""

    # One file for each responsibility.
    _inherit = "label.print.job"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _enqueue_test(self, printer):
        """Ask for one test label of a printer."""
        values = {
            "company_id": (printer.company_id or self.env.company).id,
            "job_type": "test",
            "subject": self.env._("Test of %(printer)s", printer=printer.name),
            "template": TEST_TEMPLATE,
            "printer_id": printer.id,
            "priority": TEST_PRIORITY,
            "quantity": 1,
            "submitted_by": self.env.uid,
        }
        return self._enqueue_values([values])

    def _prepare_content(self):
        if self.job_type != "test":
            return super()._prepare_content()
        return {
            "template": self.template,
            "quantity": 1,
            "data": {"printer": self.printer_id.name},
        }
