"""What the print service says, in the language of whoever reads it.

The service speaks English: its sentences are stored as they came, because one job is read by
people of several languages. They are put into the reader's words when they are shown, sentence
by sentence; what is not known here stays as it is.
"""

import re

from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)

#: The standing sentences of the service (`src/domain/fault.rs`) that reach people here, and those
#: which this addon stores itself. A placeholder stands for what differs.
SENTENCES = (
    _lt("The printer cannot be reached."),
    _lt("Check that it is switched on and on the network; printing goes on by itself."),
    _lt("The printer did not answer in time."),
    _lt("Check the network cable and the printer's address; platen keeps trying."),
    _lt("The printer is out of labels."),
    _lt("Load a new roll, close the head and press PAUSE; printing goes on by itself."),
    _lt("The printer is out of ribbon."),
    _lt("Load a new ribbon, close the head and press PAUSE; printing goes on by itself."),
    _lt("The print head is open."),
    _lt("Close the head and press PAUSE; printing goes on by itself."),
    _lt("The printer is paused."),
    _lt("Press PAUSE on the printer; printing goes on by itself."),
    _lt("The print head is too hot."),
    _lt("Wait until it has cooled down; printing goes on by itself."),
    _lt("The print head is too cold."),
    _lt("Wait until it has warmed up; printing goes on by itself."),
    _lt("The printer has lost its settings."),
    _lt("Switch it off and on; if it still says so, set it up anew; printing goes on by itself."),
    _lt("A label waits in the printer to be taken off."),
    _lt("Take it off; printing goes on by itself."),
    _lt("The cutter is jammed."),
    _lt("Clear the cutter and press PAUSE; printing goes on by itself."),
    _lt("The printer is connected but does not answer."),
    _lt(
        "Look at the printer's display: an open head or missing labels can silence it; otherwise "
        "switch it off and on. One of another make may need profile = \"zpl-generic\", one that "
        "cannot answer at all profile = \"blind\"."
    ),
    _lt("The printer takes much longer than usual for a label and reports no fault."),
    _lt(
        "Look at the printer: a label may wait to be taken off, or it hangs; printing goes on by "
        "itself as soon as it moves."
    ),
    _lt("The printer was switched off or restarted while labels were in it."),
    _lt("Look at the last label it made and say whether the unconfirmed label is good."),
    _lt("The printer made labels that platen did not send."),
    _lt(
        "Find out who else prints there, compare the labels on the table with the list, then "
        "resume the job."
    ),
    _lt("The printer's label counter does not fit what was sent to it."),
    _lt("The printer reported another label than the one that was next."),
    _lt(
        "Compare the labels on the table with the list and say which are there, then resume the job."
    ),
    _lt("Another printer answers at this address."),
    _lt("Check the printer's address; if the printer was replaced, resume the job."),
    _lt("An interruption left it unknown whether some labels were printed."),
    _lt("Look for them on the table and answer printed or not printed for each."),
    _lt("The labels were sent to a printer that cannot say whether it printed them."),
    _lt(
        "Look for them on the table and answer printed or not printed, for all of them at once if "
        "you like."
    ),
    _lt("Several attempts in a row printed nothing, and the rest was given up."),
    _lt(
        "Mend the printer, then retry the job: only labels that are proved missing are printed."
    ),
    _lt("The job waited past its time."),
    _lt("Resume the job if the labels are still wanted, else cancel it."),
    _lt("All printing is paused."),
    _lt("Resume everything with `platen printers resume --all`."),
    _lt("Correct the ZPL and send the job again."),
    _lt("Correct the value and send the job again."),
    _lt("Choose one of the templates listed by `platen templates`."),
    _lt("Choose one of the printers listed by `platen printers`."),
    _lt("Choose a template drawn for this label size and resolution."),
    _lt("The disk under the database is full."),
    _lt("Free disk space; it then goes on by itself, and nothing accepted so far is lost."),
    _lt("The job has ended."),
    _lt("Retry it for labels that are missing, or reprint labels that are printed."),
    _lt("No label of the job is missing."),
    _lt("Reprint labels that are printed, if they are wanted once more."),
    _lt("A label that was never printed cannot be printed once more."),
    _lt("Retry the job: that prints what is missing."),
    # What this addon says of the way to the service; see platen_client.py.
    _lt("The print service is not set up."),
    _lt("Enter its address and key in Settings → Manufacturing → Label printing."),
    _lt("The address %(url)s of the print service is not usable."),
    _lt("Enter it in the form https://labels.example.com in Settings → Manufacturing."),
    _lt("The address or the key for %(host)s cannot be sent."),
    _lt("Copy both again into Settings → Manufacturing → Label printing."),
    _lt("The certificate of %(host)s is not trusted."),
    _lt("Install a certificate that this server trusts."),
    _lt("%(host)s does not answer."),
    _lt("Check that the machine is on and the address is right."),
    _lt("No print service is listening at %(host)s."),
    _lt("Check the address and that platen is running; labels wait until it is."),
    _lt("%(host)s took the request but gave no answer."),
    _lt("It is asked again; nothing prints twice."),
    _lt("The print service does not accept the key."),
    _lt("An administrator corrects the key in Settings → Manufacturing → Label printing."),
    _lt("A proxy answered %(status)s in place of the print service."),
    _lt("The print service answered %(status)s."),
    _lt("It is asked again by itself."),
    _lt("What answers at %(host)s (status %(status)s) is not the print service."),
    _lt("Check the address in Settings → Manufacturing → Label printing."),
    # What it stores while it works for nobody in particular.
    _lt("The print service does not know this job."),
    _lt(
        "Look which labels are on the table, cancel the job "
        "and print what is missing from the order."
    ),
    _lt("The manufacturing order was cancelled."),
    _lt("The request waited longer than %(hours)s hours."),
    _lt("Press Retry if the labels are still wanted."),
    _lt("The values of the labels could not be read."),
    _lt("Correct the order and its product, then press Retry."),
    _lt("The print service does not have it."),
    _lt("Withdrawn before it was sent."),
)
PLACEHOLDER = re.compile(r"%\((\w+)\)s")
# How the sentence is written here; Odoo offers no other way to it.
STANDING = {words._source: words for words in SENTENCES if not PLACEHOLDER.search(words._source)}


def _pattern(source):
    """Return what matches the sentence and finds what stands in its placeholders."""
    parts = PLACEHOLDER.split(source)
    # Text and names by turns.
    return re.compile(
        "".join(
            f"(?P<{part}>.+?)" if index % 2 else re.escape(part) for index, part in enumerate(parts)
        )
    )


FORMED = [(_pattern(words._source), words) for words in SENTENCES if words._source not in STANDING]


def known(text):
    """Return the sentence and what stands in its placeholders, or nothing for other words."""
    if text in STANDING:
        return STANDING[text], {}
    for pattern, words in FORMED:
        match = pattern.fullmatch(text)
        if match:
            return words, match.groupdict()
    return None


def in_words(env, text):
    """Return a sentence of the service in the language of the environment.

    :param text: may be nothing
    """
    found = known(text) if text else None
    if not found:
        return text or ""
    words, values = found
    translated = env._(words)
    return translated % values if values else translated


def advice(env, *sentences):
    """Return one paragraph of what happened and what to do."""
    return " ".join(in_words(env, text) for text in sentences if text)


def dictionary(env):
    """Return what a page needs to do the same, for one reader; nothing where it is English.

    :return: ``{"standing": {sentence: translation}, "formed": [[pattern, translation]]}``, the
        patterns as JavaScript writes them
    """
    if (env.lang or "en_US").startswith("en"):
        return {}
    return {
        "standing": {source: env._(words) for source, words in STANDING.items()},
        "formed": [
            [pattern.pattern.replace("(?P<", "(?<"), env._(words)] for pattern, words in FORMED
        ],
    }
