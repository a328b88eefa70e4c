import io
import re

import polib

from odoo.modules import get_module_path
from odoo.tests import TransactionCase, tagged
from odoo.tools.translate import trans_export

LANGUAGES = ("de", "es", "fr", "id")
#: What is filled in later, and must be there in every language.
PLACEHOLDERS = re.compile(r"%\(\w+\)[sdr]|%[sd]|</?\w+|\$\{\w+\}")


@tagged("post_install", "-at_install")
class TestTranslations(TransactionCase):
    """Every text people read is there in all languages, with what is filled in."""

    def setUp(self):
        super().setUp()
        self.folder = f"{get_module_path('label_print')}/i18n"
        exported = io.BytesIO()
        trans_export(False, ["label_print"], exported, "po", self.env)
        self.texts = {entry.msgid for entry in polib.pofile(exported.getvalue().decode())}

    def test_the_template_holds_every_text(self):
        template = {entry.msgid for entry in polib.pofile(f"{self.folder}/label_print.pot")}
        self.assertEqual(self.texts - template, set(), "run: tests/odoo/odoo.sh translations")
        self.assertEqual(template - self.texts, set(), "run: tests/odoo/odoo.sh translations")

    def test_every_text_in_every_language(self):
        for language in LANGUAGES:
            known = {
                entry.msgid: entry.msgstr
                for entry in polib.pofile(f"{self.folder}/{language}.po")
                if not entry.obsolete and "fuzzy" not in entry.flags
            }
            missing = sorted(text for text in self.texts if not known.get(text))
            self.assertEqual(missing, [], f"{language}.po")
            for text in self.texts:
                self.assertEqual(
                    sorted(PLACEHOLDERS.findall(known[text])),
                    sorted(PLACEHOLDERS.findall(text)),
                    f"{language}.po: {text}",
                )
