# The label with the Python library zpl2, the engine below OCA's printer_zpl2.
import statistics
import time

import zpl2

LABELS = 200
ROUNDS = 11
TEXT = {zpl2.ARG_FONT: zpl2.FONT_DEFAULT, zpl2.ARG_ORIENTATION: zpl2.ORIENTATION_NORMAL}


def text(label, right, down, size, data, block=None):
    form = {**TEXT, zpl2.ARG_HEIGHT: size, zpl2.ARG_WIDTH: size}
    if block:
        width, lines, side = block
        form |= {
            zpl2.ARG_IN_BLOCK: True,
            zpl2.ARG_BLOCK_WIDTH: width,
            zpl2.ARG_BLOCK_LINES: lines,
            zpl2.ARG_BLOCK_SPACES: 0,
            zpl2.ARG_BLOCK_JUSTIFY: side,
            zpl2.ARG_BLOCK_LEFT_MARGIN: 0,
        }
    label.font_data(right, down, form, data)


def once():
    started = time.perf_counter()
    for number in range(1, LABELS + 1):
        serial = f"SN-{number:06}"
        label = zpl2.Zpl2()
        label.label_start()
        label.label_encoding()
        text(label, 24, 18, 30, "Customizable Desk (Steel, ^ White)", (408, 2, zpl2.JUSTIFY_LEFT))
        text(label, 24, 91, 22, "FURN_0096")
        text(label, 242, 91, 22, f"{number} of {LABELS}", (190, 1, zpl2.JUSTIFY_RIGHT))
        form = {
            zpl2.ARG_ORIENTATION: zpl2.ORIENTATION_NORMAL,
            zpl2.ARG_MODULE_WIDTH: 2,
            zpl2.ARG_BAR_WIDTH_RATIO: 3,
            zpl2.ARG_HEIGHT: 64,
            zpl2.ARG_CHECK_DIGITS: False,
            zpl2.ARG_INTERPRETATION_LINE: False,
            zpl2.ARG_INTERPRETATION_LINE_ABOVE: False,
        }
        label.barcode_data(24, 118, zpl2.BARCODE_CODE_128, form, serial)
        text(label, 24, 189, 30, serial)
        text(label, 24, 224, 20, "WH/MO/00042")
        label.label_end()
        assert b"^XZ" in label.output()
    return time.perf_counter() - started


once()
print(f"RESULT {statistics.median(once() for _ in range(ROUNDS))} Python library zpl2, records in memory")
