"""Draws a corpus of bar codes with two renderers, reads each picture with zxing-cpp, and compares with what was given.

What a renderer is known not to draw, or to draw wrongly, stands in BLIND with the reason; UNPROVED names the symbologies
that none of them draws.
"""

import argparse
import base64
import collections
import io
import json
import pathlib
import re
import subprocess
import sys

import zxingcpp
from PIL import Image

FORMATS = {
    "code_128": "Code128",
    "gs1_128": "Code128",
    "data_matrix": "DataMatrix",
    "gs1_data_matrix": "DataMatrix",
    "qr": "QRCode",
    "pdf417": "PDF417",
    "aztec": "Aztec",
    "code_39": "Code39Std",
    "code_93": "Code93",
    "interleaved_2_of_5": "ITF",
    "ean_13": "EAN13",
    "ean_8": "EAN8",
    "upc_a": "UPCA",
    "upc_e": "UPCE",
}

# Code 128 whose last part, behind a switch or at all, is one sign.
LONE_LAST = re.compile(r"(\^FD|>[5-7])(_[0-9A-F]{2}|[^>])\^FS")

# By renderer and symbology: what it cannot show, and in which data (a sign of the data, a pattern of the ZPL); None: in all.
BLIND = {
    ("zebrash", "code_128"): (LONE_LAST, "leaves out a lone last sign"),
    ("zebrash", "gs1_128"): (LONE_LAST, "leaves out a lone last sign"),
    ("labelize", "code_128"): (">", "draws the > of >0 as nothing"),
    ("labelize", "gs1_128"): (">", "draws the > of >0 as nothing"),
    ("labelize", "qr"): ("|", "leaves out the |"),
    ("zebrash", "data_matrix"): ("_", "takes the escape __ for two signs"),
    ("zebrash", "gs1_data_matrix"): ("_", "takes the escape __ for two signs"),
    ("zebrash", "data_matrix_utf_8"): (None, "knows Latin 1 only"),
    ("zebrash", "data_matrix_scripts"): (None, "knows Latin 1 only"),
    ("zebrash", "ean_8"): (None, "does not know ^B8"),
    ("zebrash", "upc_a"): (None, "does not know ^BU"),
}
UNPROVED = {"code_93": "neither draws ^BA", "upc_e": "neither draws the ten digits that ^B9 takes"}


def is_blind(renderer, line):
    if (renderer, line["symbology"]) not in BLIND:
        return False
    sign, _reason = BLIND[renderer, line["symbology"]]
    if isinstance(sign, re.Pattern):
        return bool(sign.search(line["zpl"]))
    return sign is None or sign in line["expected"]


def format_of(symbology):
    name = max((name for name in FORMATS if symbology.startswith(name)), key=len)
    return zxingcpp.barcode_format_from_str(FORMATS[name])


def drawn_by_zebrash(lines, folder):
    script = pathlib.Path(__file__).with_name("draw.cjs")
    done = subprocess.run(
        ["node", str(script), str(folder)],
        input="".join(json.dumps(line) + "\n" for line in lines),
        capture_output=True,
        text=True,
        check=True,
    )
    for answer in done.stdout.splitlines():
        answer = json.loads(answer)
        yield base64.b64decode(answer["png"]) if "png" in answer else answer["error"]


def drawn_by_labelize(lines, platen):
    for line in lines:
        done = subprocess.run(
            [
                platen,
                "render-worker",
                f"--width-mm={line['width_mm']}",
                f"--height-mm={line['height_mm']}",
                f"--dpmm={line['dpmm']}",
            ],
            input=line["zpl"].encode(),
            capture_output=True,
        )
        yield done.stdout if done.returncode == 0 else done.stderr.decode()[:200]


def read(picture, symbology):
    if isinstance(picture, str):
        return picture
    image = Image.open(io.BytesIO(picture)).convert("L")
    # Every dot is there: a picture made smaller only shows the reader bars and squares that are none.
    found = zxingcpp.read_barcodes(image, formats=format_of(symbology), try_downscale=False)
    if len(found) != 1:
        return f"{len(found)} bar codes found"
    data = found[0].bytes
    # This reader tells a UPC-A as the EAN-13 it is as well.
    return data[1:] if symbology == "upc_a" and len(data) == 13 else data


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("corpus", type=pathlib.Path)
    arguments.add_argument("--platen", required=True)
    arguments.add_argument("--packages", type=pathlib.Path, required=True)
    arguments.add_argument("--show", type=int, default=1)
    arguments = arguments.parse_args()
    lines = [json.loads(line) for line in arguments.corpus.read_text().splitlines()]
    results = collections.defaultdict(collections.Counter)
    wrong = []
    renderers = {
        "labelize": drawn_by_labelize(lines, arguments.platen),
        "zebrash": drawn_by_zebrash(lines, arguments.packages),
    }
    for renderer, pictures in renderers.items():
        for line, picture in zip(lines, pictures, strict=True):
            if line["symbology"] in UNPROVED or is_blind(renderer, line):
                results[line["symbology"], renderer]["not drawn"] += 1
                continue
            seen = read(picture, line["symbology"])
            is_right = seen == line["expected"].encode()
            results[line["symbology"], renderer]["right" if is_right else "wrong"] += 1
            if not is_right:
                wrong.append((renderer, line, seen))
    shown = collections.Counter()
    for renderer, line, seen in wrong:
        key = renderer, line["symbology"]
        shown[key] += 1
        if shown[key] <= arguments.show:
            print(f"{renderer} {line['symbology']} at {line['dpmm']}: {line['expected']!r} was read as {seen!r}\n  {line['zpl']}")
    for (symbology, renderer), counts in sorted(results.items()):
        print(f"{symbology:24}{renderer:12}{counts['right']:6} right {counts['wrong']:6} wrong {counts['not drawn']:6} it cannot draw")
    for symbology, reason in UNPROVED.items():
        print(f"{symbology:24}not proved: {reason}")
    total = sum((counts for counts in results.values()), collections.Counter())
    print(f"{total['right']} of {total['right'] + total['wrong']} pictures read as the data that was given")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
