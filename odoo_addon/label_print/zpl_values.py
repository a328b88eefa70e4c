"""Values in a ZPL report, written so that a printer prints them and obeys nothing in them.

Odoo's own ZPL reports put a product's name between ``^FD`` and ``^FS`` as it is, or escaped for
HTML. A ``^`` or ``~`` in it begins a command then, and an ``&`` prints as ``&amp;``. So while a
report is drawn for a printer each value is marked (see ``ir.qweb``); here the marks are taken
out again, and the value is written for the place where it stands: behind ``^FH``, where ``_5E``
is a ``^`` ("ZPL II Programming Guide", ^FH), and with the bar code's own escapes doubled.
"""

import html
import re

# Not characters: no text from outside holds them, and no value keeps them.
BEGIN, END = "\ufdd0", "\ufdd1"
_MARKS = re.compile(f"[{BEGIN}{END}]")
_MARKED = re.compile(f"{BEGIN}([^{END}]*){END}")
_TAGS = re.compile(r"<[^>]*>")
_COMMAND = re.compile(r"([\^~])([A-Za-z][A-Za-z0-9@])([^\^~]*)")
# What ``^FH`` has to stand for, and what is no text at all.
_UNSAFE = re.compile(r"[\^~\\\x00-\x1f\x7f]")


def marked(content, is_html=False):
    """Return a value between marks.

    :param is_html: the content was made for a page: a widget's output, which may hold tags
    """
    text = str(content)
    if is_html:
        text = html.unescape(_TAGS.sub("", text))
    return f"{BEGIN}{_MARKS.sub('', text)}{END}"


def escaped(zpl):
    """Return a report without its marks, every value written for its place."""
    writer = _Writer()
    for position, piece in enumerate(_MARKED.split(zpl)):
        if position % 2:
            writer.value(piece)
        else:
            writer.literal(_MARKS.sub("", piece))
    writer.end_data()
    return "".join(writer.written)


class _Writer:
    """Follows a report command by command."""

    def __init__(self):
        self.written = []
        # The data of a field while it lasts: its command, and pieces with whether they are values.
        self.command, self.data = None, []
        self.new_field()

    def new_field(self):
        self.symbol, self.hex = "text", None

    def literal(self, text):
        start = 0
        for found in _COMMAND.finditer(text):
            self.plain(text[start : found.start()])
            self.begin(*found.groups())
            start = found.end()
        self.plain(text[start:])

    def plain(self, text):
        """Text without a command in it: it goes on with what was begun."""
        if self.command:
            self.data.append((False, text))
        else:
            self.written.append(text)

    def begin(self, prefix, name, parameters):
        self.end_data()
        name = name.upper()
        if prefix == "^" and name in ("FD", "FV"):
            self.command = prefix + name
            self.data = [(False, parameters)]
            return
        if name in ("FS", "XA", "XZ"):
            self.new_field()
        elif name == "FH":
            self.hex = parameters[:1].strip() or "_"
        elif name in ("FB", "TB"):
            self.symbol = "block"
        elif name == "BX":
            self.symbol, parameters = "matrix", _with_escape(parameters)
        elif name == "BC":
            mode = [parameter.strip() for parameter in parameters.split(",")][5:6]
            self.symbol = "text" if mode and mode[0] in ("A", "D", "U") else "code"
        elif name.startswith("B") and name != "BY":
            self.symbol = "text"
        self.written.append(f"{prefix}{name}{parameters}")

    def value(self, text):
        if self.command:
            self.data.append((True, text))
        else:
            # A number of labels or a size: nothing that could begin something else.
            self.written.append(_UNSAFE.sub("", text))

    def end_data(self):
        if not self.command:
            return
        values = [text for is_value, text in self.data if is_value]
        had_hex = self.hex
        if not had_hex and any(self.needs_hex(text) for text in values):
            self.hex = "_"
            self.written.append("^FH_")
        self.written.append(self.command)
        for is_value, text in self.data:
            if is_value:
                text = self.value_data(text)
            elif self.hex and not had_hex:
                text = text.replace("_", "_5F")
            self.written.append(text)
        self.command, self.data, self.hex = None, [], had_hex

    def needs_hex(self, text):
        return bool(_UNSAFE.search(text))

    def value_data(self, text):
        if self.symbol == "code":
            text = text.replace(">", ">0")
        elif self.symbol == "matrix":
            text = text.replace("_", "__")
        elif self.symbol == "block":
            text = text.replace("\\", "\\\\")
        if not self.hex:
            return text
        unsafe = re.compile(f"[{re.escape(self.hex)}_\\^~\\\\\\x00-\\x1f\\x7f]")
        return unsafe.sub(lambda found: f"{self.hex}{ord(found[0]):02X}", text)


def _with_escape(parameters):
    """Say which character escapes in a DataMatrix: firmware before V60.13 takes another one."""
    given = parameters.rstrip()
    parts = given.split(",")
    if len(parts) > 6 or len(parts) < 3 or parts[2].strip() != "200":
        return parameters
    return given + "," * (6 - len(parts)) + ",_" + parameters[len(given) :]
