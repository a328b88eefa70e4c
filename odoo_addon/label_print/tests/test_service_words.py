import requests

from odoo.tests import tagged
from odoo.tools.translate import code_translations

from .. import platen_client, service_words
from .common import LabelPrintCase

#: As a translator would have written them.
FRENCH = {
    "The printer is out of labels.": "L'imprimante n'a plus d'étiquettes.",
    "Load a new roll, close the head and press PAUSE; printing goes on by itself.": "Remplacez le rouleau.",
    "No print service is listening at %(host)s.": "Personne n'écoute sur %(host)s.",
    "%(what)s needs a hand": "%(what)s a besoin d'aide",
}
PAPER_OUT = {
    "code": "paper_out",
    "message": "The printer is out of labels.",
    "action": "Load a new roll, close the head and press PAUSE; printing goes on by itself.",
    "since": "2026-01-31 09:27:00",
}


@tagged("post_install", "-at_install")
class TestServiceWords(LabelPrintCase):
    """What the service says is read in one's own language."""

    def setUp(self):
        super().setUp()
        self.env["res.lang"]._activate_lang("fr_FR")
        known = code_translations.get_python_translations
        self.patch(
            code_translations,
            "get_python_translations",
            lambda module, lang: FRENCH if (module, lang) == ("label_print", "fr_FR") else known(module, lang),
        )
        self.french = self.env(context={**self.env.context, "lang": "fr_FR"})

    def test_one_job_is_told_to_each_in_her_language(self):
        job = self.job(user=self.maker)
        job.message_subscribe(self.supervisor.partner_id.ids)
        self.maker.lang = "fr_FR"
        self.clear_bus()
        self.tell(self.report(job, 2, current_label=4, attention=PAPER_OUT))
        [french], [english] = self.toasts(self.maker), self.toasts(self.supervisor)
        self.assertIn("L'imprimante n'a plus d'étiquettes. Remplacez le rouleau.", french["message"])
        self.assertIn("The printer is out of labels. Load a new roll", english["message"])
        # Stored as it came: the next reader may speak a third one.
        self.assertEqual(job.attention, "The printer is out of labels.")
        self.printer.fault_code, self.printer.fault_message = "paper_out", PAPER_OUT["message"]
        items = self.env(user=self.maker)["label.print.attention"].with_context(lang="fr_FR").get_items()
        self.assertIn("plus d'étiquettes", items["printers"][0]["message"])

    def test_the_page_gets_what_it_needs_to_do_the_same(self):
        self.assertEqual(service_words.dictionary(self.env(context={"lang": "en_US"})), {})
        words = service_words.dictionary(self.french)
        self.assertEqual(words["standing"][PAPER_OUT["message"]], FRENCH[PAPER_OUT["message"]])
        patterns = dict(map(reversed, words["formed"]))
        self.assertIn("(?<host>.+?)", patterns["Personne n'écoute sur %(host)s."])

    def test_what_is_not_known_stays_as_it_is(self):
        for text in ("", False, "Serial SN-1 has a sign the font lacks.", "the printer is out of labels."):
            self.assertEqual(service_words.in_words(self.french, text), text or "")
        told = service_words.in_words(self.french, "No print service is listening at a.example:8631.")
        self.assertEqual(told, "Personne n'écoute sur a.example:8631.")

    def test_whatever_is_said_of_the_way_to_the_service_is_known(self):
        errors = [
            requests.exceptions.SSLError(),
            requests.exceptions.ConnectTimeout(),
            requests.exceptions.ReadTimeout(),
            ValueError(),
        ]
        said = [platen_client._connection_problem("a.example", error) for error in errors]
        link = platen_client.Connection("http://a.example", "", "")
        for status in (401, 418, 500, 502):
            answer = requests.Response()
            answer.status_code = status
            with self.assertRaises(platen_client.PlatenError) as raised:
                platen_client._decode(link, answer)
            said.append(raised.exception)
        for url in ("", "ftp://a.example"):
            with self.assertRaises(platen_client.PlatenError) as raised:
                platen_client.request(platen_client.Connection(url, "", ""), "GET", "/")
            said.append(raised.exception)
        self.platen.close()
        with self.assertLogs(platen_client.__name__), self.assertRaises(platen_client.PlatenError) as raised:
            platen_client.printers(platen_client.connection(self.env))
        said.append(raised.exception)
        for error in said:
            for text in filter(None, (error.message, error.action)):
                with self.subTest(text=text):
                    self.assertTrue(service_words.known(text))
