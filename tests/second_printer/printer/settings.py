"""Set-Get-Do and JSON: the printer's variables (zebra.md 4)."""

import asyncio
import json
import re

WHITE_SPACE = b"\r\n\t \x00\x11\x13"  # and the signs of serial flow control (zebra.md 10.4, 4)
ONE = re.compile(rb'! U1 (?:(getvar) "([^"]*)"|(setvar|do) "([^"]*)" "([^"]*)")[\r\n ]')
SEVERAL = re.compile(rb"! U ((?:[^\r\n])*?)END[ \r\n]")
PART = re.compile(rb'(?:(getvar) "([^"]*)"|(setvar|do) "([^"]*)" "([^"]*)")')


class Settings:
    """Answers questions about variables, and does what some of them mean."""

    def __init__(self, printer):
        self._printer = printer

    # --- the two ways to ask ---

    def take_command(self, connection):
        """Takes one Set-Get-Do command off the connection; False: it is not complete (zebra.md 4.1)."""
        incoming = connection.incoming
        if match := ONE.match(incoming):
            parts = [match.groups()]
        elif match := SEVERAL.match(incoming):
            parts = PART.findall(match.group(1))
        else:
            end_of_line = incoming.find(b"\n")
            del incoming[: end_of_line + 1]
            return end_of_line >= 0
        del incoming[: match.end()]
        for get, asked, _verb, name, value in parts:
            if self._printer.knobs.settings == "none":
                continue
            if get:
                self._answer_get(connection, asked.decode("latin1"))
            else:
                self._set(name.decode("latin1"), (value or b"").decode("latin1"))
        return True

    def _answer_get(self, connection, name):
        """In quotes, as a rule without a terminator (zebra.md 4.2)."""
        in_fault = self._printer.condition.faults and self._printer.knobs.hs_in_fault == "silent"
        if in_fault and name in ("device.host_status", "device.super_host_status"):
            return
        value = self._value(name)
        text = "?" if value is None else value
        self._printer.send(connection, f'"{text}"{self._printer.knobs.setting_terminator}'.encode())

    def answer_json(self, question):
        """null reads, a string sets; the answer has the value behind it (zebra.md 4.4)."""
        unknown = None if self._printer.knobs.json_unknown_null else "?"
        answer = {}
        for name, wanted in question.items():
            if wanted is not None:
                self._set(name, str(wanted))
            value = self._value(name)
            answer[name] = unknown if value is None else value
        return json.dumps(answer, separators=(",", ":")).encode()

    # --- the variables (zebra.md 4.3) ---

    def _value(self, name):
        printer, counters, faults = self._printer, self._printer.counters, self._printer.condition.faults
        known = {
            "device.unique_id": counters.unique_id,
            "device.uptime": counters.uptime(),
            "head.latch": "open" if "head" in faults else "ok",
            "device.jobs_print": "1",
            "odometer.label_dot_length": "256",
            "odometer.total_print_length": f"{counters.labels} INCHES, {int(counters.labels * 2.54)} CENTIMETERS",
            "odometer.media_marker_count": str(counters.labels),
            "ip.port": "9100",
        }
        if printer.knobs.settings == "full":
            known.update(self._full_values())
            if printer.knobs.label_counter_present:
                known["odometer.total_label_count"] = str(counters.labels)
                known["odometer.user_label_count"] = str(counters.user_labels)
        return known.get(name)

    def _full_values(self):
        printer, counters, condition = self._printer, self._printer.counters, self._printer.condition
        mask = condition.mask()
        system_error = f"{condition.paused:d},{bool(condition.faults):d},00000000,{mask:08X}"
        return {
            "odometer.user_label_count1": str(counters.user_labels),
            "odometer.user_label_count2": str(counters.user_labels),
            "odometer.latch_open_count": str(counters.latch_opens),
            "sensor.paper_supply": "out" if "paper" in condition.faults else "ok",
            "sensor.peeler": "clear",
            "sensor.cover_open": "no",
            "sensor.head.temp_celsius": "31",
            "device.languages": "hybrid_xml_zpl",
            "device.friendly_name": counters.unique_id,
            "device.host_identification": printer.replies.identification_text(),
            "device.host_status": "\r\n".join(printer.replies.host_status_lines()),
            "zpl.caret": "^",
            "zpl.control_character": "7E",
            "zpl.delimiter": "2C",
            "zpl.format_prefix": "^ (5E)",
            "zpl.system_error": system_error,
            "zpl.system_status": system_error + ",0,00000000,00000000",
            "media.printmode": "tear off",
            "ezpl.reprint_mode": "off",
            "appl.name": "V92.21.39Z",
            "appl.link_os_version": "6.7",
            "head.resolution.in_dpi": "203",
            "ip.port_json_config": "9200" if printer.json_port else "0",
            "log.reboot.code": "0",
        }

    def _set(self, name, value):
        printer = self._printer
        if name == "device.pause":
            printer.hands.pause("setting")
        elif name == "device.unpause":
            printer.hands.unpause("setting")
        elif name == "device.reset":
            asyncio.get_running_loop().call_soon(printer.power.reset, "device.reset")
        elif name == "formats.cancel_all":
            printer.hands.cancel_all("setting")
        elif name == "odometer.user_label_count" and value.isdigit():
            printer.counters.user_labels = int(value)


def take_json(incoming):
    """Takes one `{}{...}` off the bytes; None: not complete; empty: rubbish was dropped (zebra.md 4.4)."""
    while incoming and incoming[0] in WHITE_SPACE:
        del incoming[0]
    if not incoming or incoming == b"{":
        return None
    if incoming[:2] != b"{}":
        del incoming[0]
        return {}
    start = 2
    while start < len(incoming) and incoming[start] in WHITE_SPACE:
        start += 1
    if start >= len(incoming):
        return None
    if incoming[start : start + 1] != b"{":
        del incoming[:2]
        return {}
    end = _end_of_object(incoming, start)
    if end is None:
        return None
    text = bytes(incoming[start:end])
    del incoming[:end]
    try:
        return json.loads(text) or {}
    except ValueError:
        return {}


def _end_of_object(text, start):
    """Behind the brace that closes the first one: there is no terminator to wait for."""
    depth, in_string, escaped = 0, False, False
    for position in range(start, len(text)):
        sign = text[position : position + 1]
        if in_string:
            if escaped:
                escaped = False
            elif sign == b"\\":
                escaped = True
            elif sign == b'"':
                in_string = False
        elif sign == b'"':
            in_string = True
        elif sign == b"{":
            depth += 1
        elif sign == b"}":
            depth -= 1
            if depth == 0:
                return position + 1
    return None
