"""What the printer answers on the print port (zebra.md 1, 2, 3)."""

PADDED = 42  # the width of the lines of ~HQ (zebra.md 2.1)


class Replies:
    """The texts of ~HS, ~HQ, ~HI, ~HM, ^HH and ^HZ."""

    def __init__(self, printer):
        self._printer = printer

    @property
    def _is_silent(self):
        """Some say that a printer in a fault answers nothing (zebra.md 1.5)."""
        return bool(self._printer.condition.faults) and self._printer.knobs.hs_in_fault == "silent"

    def host_status_lines(self):
        """The three strings of ~HS (zebra.md 1.1)."""
        printer, knobs, condition = self._printer, self._printer.knobs, self._printer.condition
        old = knobs.settings != "full"
        is_full = printer.bytes_held() >= knobs.buffer_bytes
        is_partial = printer.formats.partial is not None
        return (
            f"030,{'paper' in condition.faults:d},{condition.paused:d},0308,{self._formats_buffered():03d},"
            f"{is_full:d},0,{is_partial:d},000,0,0,0",
            f"{'000' if old else '001'},0,{'head' in condition.faults:d},{'ribbon' in condition.faults:d},1,2,6,0,"
            f"{self._labels_remaining():08d},1,000",
            f"{'1234' if old else '0000'},0",
        )

    def _formats_buffered(self):
        """`eee` (zebra.md 1.6): three digits, and nobody knows what comes behind 999."""
        formats = self._printer.formats
        buffered = len(formats.waiting) + len(formats.composed)
        if self._printer.knobs.eee_counts_staged and not self._printer.engine.at_rest:
            buffered += 1
        return min(buffered, 999)

    def _labels_remaining(self):
        """`u`: for ^PQ1 it says next to nothing (zebra.md 1.6, 9.3)."""
        engine, mode = self._printer.engine, self._printer.knobs.u_mode
        if mode == "finished":
            return int(not engine.at_rest)
        if mode == "busy":
            return int(engine.current is not None)
        return self._printer.condition.garbage_batch if mode == "garbage" else 0

    def host_status(self, connection):
        """~HS: 82 bytes, or nothing."""
        if self._printer.knobs.answers_hs and not self._is_silent:
            text = "".join(f"\x02{line}\x03\r\n" for line in self.host_status_lines()).encode()
            assert len(text) == 82, text
            self._printer.send(connection, text)

    def identification_text(self):
        """Model, firmware, dots per mm and memory (zebra.md 3): the firmware tells the family."""
        return {
            "full": "ZT411-200dpi,V92.21.39Z,8,8176KB",
            "partial": "105SL-200dpi,V53.17.7Z,8,8192KB",
            "none": "LP2844-Z,V45.11.7Z   ,8,8192KB",
        }[self._printer.knobs.settings]

    def identification(self, connection):
        """~HI (zebra.md 3)."""
        if self._printer.knobs.answers_hi:
            self._printer.send(connection, f"\x02{self.identification_text()}\x03\r\n".encode())

    def memory(self, connection):
        """~HM (zebra.md 3)."""
        self._printer.send(connection, b"\x021024,0780,0780\x03\r\n")

    def query(self, connection, kind):
        """~HQ and two letters (zebra.md 2); a kind it does not know gets no answer."""
        if not self._printer.knobs.answers_hq or self._is_silent:
            return
        mask, counters = self._printer.condition.mask(), self._printer.counters
        lines = {
            b"ES": (
                "  PRINTER STATUS".ljust(PADDED),
                f"   ERRORS:         {bool(mask):d} 00000000 {mask:08X}      ",
                "   WARNINGS:       0 00000000 00000000      ",
            ),
            b"SN": ("  SERIAL NUMBER", f"   {counters.unique_id}"),
            b"OD": (
                "  PRINT METERS",
                f'   TOTAL NONRESETTABLE:          {counters.labels} "',
                '   USER RESETTABLE CNTR1:           9 "',
                f'   USER RESETTABLE CNTR2:        {counters.labels} "',
            ),
            b"HA": ("  MAC ADDRESS", "   00:07:4d:2c:e0:7a"),
        }.get(kind)
        if lines is not None:
            trailer = "\r\n" if self._printer.knobs.etx_trailer else ""
            self._printer.send(connection, ("\x02\r\n\r\n" + "\r\n".join(lines) + "\r\n\x03" + trailer).encode())

    def configuration(self, connection):
        """^HH: queued like a format, so it says nothing of now (zebra.md 1.7)."""
        model = self.identification_text().partition(",")[0]
        self._printer.send(
            connection,
            f"\x02  PRINTER CONFIGURATION\r\n\r\n  {model}\r\n"
            f"  {self._printer.counters.labels} LABELS   NONRESET CNTR\r\n\x03\r\n".encode(),
        )

    def super_host_status(self, connection):
        """^HZ: XML; a family without a label counter shows 0 (zebra.md 1.7)."""
        printer = self._printer
        counts = printer.knobs.label_counter_present and printer.knobs.settings == "full"
        self._printer.send(
            connection,
            "<?xml version='1.0'?>\r\n<ZEBRA-ELTRON-PERSONALITY>\r\n<STATUS>"
            f"<NUMBER-OF-FORMATS>{len(printer.formats.waiting) + 1}</NUMBER-OF-FORMATS>"
            f"<PAUSE>{'Y' if printer.condition.paused else 'N'}</PAUSE><PRINTER-COUNTER><NON-RESET-COUNTER>"
            f"<LABELS>{printer.counters.labels if counts else 0}</LABELS></NON-RESET-COUNTER></PRINTER-COUNTER>"
            "</STATUS>\r\n</ZEBRA-ELTRON-PERSONALITY>\r\n".encode(),
        )
