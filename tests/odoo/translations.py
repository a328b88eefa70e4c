"""Brings the addon's translations up to date; run in Odoo's shell by `odoo.sh translations`.

The template is made from the installed addon. Every language keeps what it has, loses what
is no longer said, and gets empty entries for what is new.
"""

import io
import os
import pathlib

import polib

from odoo.tools.translate import trans_export

LANGUAGES = ("de", "es", "fr", "id")
FOLDER = pathlib.Path(os.environ["LABEL_PRINT_I18N"])


def main(env):
    """Write the template and all languages, and say what is still to be translated."""
    exported = io.BytesIO()
    trans_export(False, ["label_print"], exported, "po", env)
    template = polib.pofile(exported.getvalue().decode())
    # Dates and names of a run would make each of them a change.
    for name in ("POT-Creation-Date", "PO-Revision-Date", "Last-Translator", "Language-Team"):
        template.metadata.pop(name, None)
    template.metadata["Content-Transfer-Encoding"] = "8bit"
    template.sort(key=lambda entry: entry.msgid)
    template.save(FOLDER / "label_print.pot")
    for language in LANGUAGES:
        path = FOLDER / f"{language}.po"
        known = {entry.msgid: entry.msgstr for entry in polib.pofile(path)} if path.exists() else {}
        translated = polib.pofile(exported.getvalue().decode())
        translated.metadata = {**template.metadata, "Language": language}
        for entry in translated:
            entry.msgstr = known.get(entry.msgid, "")
        translated.sort(key=lambda entry: entry.msgid)
        translated.save(path)
        print(f"{language}: {len(translated.untranslated_entries())} of {len(translated)} to translate")


main(env)  # noqa: F821 - Odoo's shell gives it
