from odoo.modules.neutralize import get_neutralization_queries
from odoo.tests import tagged

from odoo.addons.label_print import platen_client

from .common import LabelPrintCase


@tagged("post_install", "-at_install")
class TestNeutralize(LabelPrintCase):
    """A copied database cannot print."""

    def test_neutralize(self):
        waiting = self.job(status="printing", attention="Paper out", attention_code="paper_out")
        done = self.job(status="completed")
        report = self.env.ref("stock.label_lot_template")
        report.label_print_to = "printer"
        self.set_param("mode", "pull")
        self.env.flush_all()
        for query in get_neutralization_queries(["label_print"]):
            self.env.cr.execute(query)
        self.env.invalidate_all()
        self.env.registry.clear_cache()
        parameters = self.env["ir.config_parameter"]
        self.assertFalse(parameters.get_param("label_print.api_url"))
        self.assertFalse(parameters.get_param("label_print.api_key"))
        self.assertFalse(platen_client.is_fetched(self.env))
        self.assertEqual((waiting.status, waiting.attention), ("cancelled", False))
        self.assertEqual(done.status, "completed")
        self.assertEqual(report.label_print_to, "download")
        self.assertFalse(self.env.ref("label_print.ir_cron_send").active)
        self.assertFalse(self.env.ref("label_print.ir_cron_poll").active)

    def test_neutralized_database_has_no_service(self):
        self.assertTrue(platen_client.connection(self.env))
        self.env["ir.config_parameter"].set_param("database.is_neutralized", True)
        self.assertFalse(platen_client.connection(self.env))
        self.order(1).action_label_print()
        self.send()
        self.assertFalse(self.platen.requests)
