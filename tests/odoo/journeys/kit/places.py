"""Where things are; all of it can be moved by environment variables."""

import os
from pathlib import Path

JOURNEYS = Path(__file__).resolve().parent.parent
TESTS = JOURNEYS.parent
REPO = TESTS.parent.parent
CACHE = Path(os.environ.get("PLATEN_ODOO_CACHE") or REPO / ".cache" / "odoo")
ADDONS = Path(os.environ.get("PLATEN_ADDONS") or REPO / "odoo_addon")
BINARY = Path(os.environ.get("PLATEN_BINARY") or REPO / "target" / "debug" / "platen")
TEMPLATES = Path(os.environ.get("PLATEN_TEMPLATES") or REPO / "zpl_templates")
SCREENSHOTS = Path(os.environ.get("PLATEN_SCREENSHOTS") or REPO / ".cache" / "screenshots")
CHROMIUM = os.environ.get("PLATEN_CHROMIUM") or "/usr/bin/chromium"
ODOO_SH = TESTS / "odoo.sh"
