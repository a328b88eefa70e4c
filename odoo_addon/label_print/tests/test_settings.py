import os
from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.tests import Form, tagged
from odoo.tools import config, mute_logger

from odoo.addons.label_print import platen_client

from .common import LabelPrintCase
from .fake_platen import KEY

CLIENT_LOGGER = "odoo.addons.label_print.platen_client"


@tagged("post_install", "-at_install")
class TestSettings(LabelPrintCase):
    """What is entered is what is used, and the test of it says what is wrong."""

    def settings(self, **values):
        return self.env["res.config.settings"].create(values)

    def try_connection(self, **values):
        params = self.settings(**values).action_label_print_test_connection()["params"]
        return params["type"], params["message"]

    def test_print_on_split_can_be_switched_off_and_on(self):
        self.assertTrue(self.settings().label_print_print_on_split, "it is on at the beginning")
        for value in (False, True, False):
            self.settings(label_print_print_on_split=value).execute()
            self.assertEqual(self.settings().label_print_print_on_split, value)
            wanted = self.env["mrp.production"]._label_print_is_wanted("mo_split")
            self.assertEqual(wanted, value)

    def test_default_printer_is_kept_by_name(self):
        other = self.env["printer.configuration"].create({"name": "line-b"})
        parameters = self.env["ir.config_parameter"]
        for printer in (other, self.env["printer.configuration"]):
            with Form(self.env["res.config.settings"]) as form:
                form.label_print_default_printer_id = printer
            form.record.execute()
            name = parameters.get_param("label_print.default_printer")
            self.assertEqual(name, printer.name)

    def test_default_printer_that_was_not_seen_yet_is_not_forgotten(self):
        self.set_param("default_printer", "line-z")
        with Form(self.env["res.config.settings"]) as form:
            form.label_print_default_template = "other"
            # The test of the connection brings it in while the form is open.
            self.env["printer.configuration"].create({"name": "line-z"})
        form.record.execute()
        name = self.env["ir.config_parameter"].get_param("label_print.default_printer")
        self.assertEqual(name, "line-z")

    def test_connection_that_works(self):
        self.platen.printers.append({"name": "line-n", "status": "paused"})
        kind, message = self.try_connection()
        self.assertEqual(kind, "success")
        self.assertIn("line-a, line-n", message)
        self.assertIn("mo_label", message)
        new = self.env["printer.configuration"].search([("name", "=", "line-n")])
        self.assertEqual(new.status, "paused")
        self.assertEqual(self.printer.odometer, 1200)

    def test_connection_as_typed(self):
        self.set_param("api_url", "http://127.0.0.1:9")
        kind, _message = self.try_connection(
            label_print_api_url=self.platen.url + "/", label_print_api_key=KEY
        )
        self.assertEqual(kind, "success")

    def test_unknown_template(self):
        kind, message = self.try_connection(label_print_default_template="other")
        self.assertEqual(kind, "warning")
        self.assertIn("other", message)

    def test_no_printer(self):
        self.platen.printers.clear()
        self.assertEqual(self.try_connection()[0], "warning")

    @mute_logger(CLIENT_LOGGER)
    def test_what_is_wrong(self):
        for values, words in (
            ({"label_print_api_key": "wrong"}, "key"),
            ({"label_print_api_url": "http://127.0.0.1:9"}, "No print service is listening"),
            ({"label_print_api_url": "labels.example.com"}, "https://"),
            ({"label_print_api_url": ""}, "not set up"),
            ({"label_print_api_key": "k\u20acy"}, "cannot be sent"),
            ({"label_print_api_key": "a\nb"}, "cannot be sent"),
        ):
            kind, message = self.try_connection(**values)
            self.assertEqual(kind, "danger", values)
            self.assertIn(words, message)

    def test_settings_are_for_administrators(self):
        with self.assertRaises(AccessError):
            self.env["res.config.settings"].with_user(self.manager).create({})

    def test_configuration_of_the_server_wins(self):
        with patch.dict(config.options, {"label_print_api_key": "from the file"}):
            self.assertEqual(platen_client.setting(self.env, "api_key"), "from the file")
            self.assertTrue(self.settings().label_print_is_fixed_by_server)
        with patch.dict(os.environ, {"LABEL_PRINT_API_KEY": "from the environment"}):
            self.assertEqual(platen_client.setting(self.env, "api_key"), "from the environment")
        self.assertEqual(platen_client.setting(self.env, "api_key"), KEY)
        self.assertFalse(self.settings().label_print_is_fixed_by_server)
