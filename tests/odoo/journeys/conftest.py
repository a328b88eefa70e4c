"""What every journey stands on. The order of making: a database, Odoo, people; then per journey a printer and a service."""

import itertools
import os
from types import SimpleNamespace

import pytest
from kit import people, places
from kit.jobs import Jobs
from kit.odoo import Odoo
from kit.orders import Orders
from kit.screen import WATCH_TOASTS, Screen
from kit.service import Service
from kit.tap import Tap
from kit.zebra import Zebra
from playwright.sync_api import expect, sync_playwright

FAST, SLOW = 12, 5  # inches a second: ten labels in a second, or four
NOWHERE = "http://127.0.0.1:9"  # nobody listens there
PRINTER_NUMBERS = itertools.count(1)
# A machine that builds beside the journeys needs longer than five seconds for a page.
expect.set_options(timeout=15_000)


# --- the stage, once -------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("journeys")


@pytest.fixture(scope="session")
def bare_odoo(folder):
    """Odoo without the addon."""
    odoo = Odoo(f"bare-{os.getpid()}", None, folder / "bare")
    yield from _running(odoo, with_addon=False)


@pytest.fixture(scope="session")
def odoo(folder):
    """Odoo with label_print, the people of the journeys, and their products."""
    if not (places.ADDONS / "label_print" / "__manifest__.py").is_file():
        pytest.fail(f"there is no addon label_print in {places.ADDONS}; say where with PLATEN_ADDONS", pytrace=False)
    odoo = Odoo(f"journeys-{os.getpid()}", places.ADDONS, folder / "odoo")
    yield from _running(odoo, with_addon=True)


def _running(odoo, with_addon):
    try:
        odoo.make(with_addon)
        odoo.products = odoo.shell(people.PRODUCTS)
        if with_addon:
            odoo.service_key = odoo.shell(people.MADE_WITH_ADDON)["key"]
            odoo.secrets[people.SERVICE] = odoo.service_key
        odoo.start()
        yield odoo
    finally:
        odoo.drop()


@pytest.fixture(scope="session")
def browser():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=places.CHROMIUM,
            # No graphics card is here: imitating one costs a processor more than drawing without.
            # Chromium's sandbox refuses root.
            args=["--disable-dev-shm-usage", "--disable-gpu", *(["--no-sandbox"] if os.geteuid() == 0 else [])],
        )
        yield browser
        browser.close()


# --- the people ------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def _signed_in():
    """Cookies by address and login: signing in is done once by each."""
    return {}


@pytest.fixture
def screens(browser, _signed_in, request):
    """``screens(odoo, login)`` opens a window of that person; a person may have several."""
    opened = []

    def open_screen(odoo, login, password=None):
        cookies = _signed_in.get((odoo.url, login))
        context = browser.new_context(
            viewport={"width": 1400, "height": 900}, locale="en-US", timezone_id="UTC",
            accept_downloads=True, storage_state=cookies,
        )  # fmt: skip
        context.add_init_script(WATCH_TOASTS)
        page = context.new_page()
        page.set_default_timeout(30_000)
        page.console = []
        page.on("console", lambda message: page.console.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: page.console.append(f"page error: {error}"))
        screen = Screen(page, odoo.url, login, password or login)
        opened.append((context, screen))
        if cookies is None:
            screen.sign_in()
            _signed_in[(odoo.url, login)] = context.storage_state()
        return screen

    request.node.screens = opened
    yield open_screen
    for context, _ in opened:
        context.close()


@pytest.fixture
def supervisor(odoo, screens, line):
    """The supervisor's window, on a line that prints."""
    return screens(odoo, people.SUPERVISOR)


@pytest.fixture
def supervisor_at(odoo, screens):
    """Opens the supervisor's window, on whatever line the journey made."""
    return lambda: screens(odoo, people.SUPERVISOR)


@pytest.fixture
def orders(odoo):
    return Orders(odoo.caller(people.SUPERVISOR), odoo.products)


@pytest.fixture
def jobs(odoo):
    return Jobs(odoo.admin)


# --- the line: one printer and one service, fresh for each journey -----------------------------------------------


@pytest.fixture
def make_line(odoo, tmp_path, request):
    """``make_line(speed)`` starts a simulated printer and a service, and points Odoo at them.

    With ``pull`` Odoo has no way to the service, which fetches instead. With ``label_mm`` labels of that size are
    drawn, so that their bar codes can be read.
    """
    if not places.BINARY.is_file():
        pytest.fail(f"there is no {places.BINARY}; build platen first, or say where it is with PLATEN_BINARY", pytrace=False)
    lines = []

    def make(speed_ips=FAST, tapped=False, protocol="xmlrpc", pull=False, label_mm=None):
        # Odoo remembers printers by name and ignores older revisions: another service, another name.
        name = f"zebra-{next(PRINTER_NUMBERS)}"
        zebra = Zebra(tmp_path / name, name, speed_ips, label_mm)
        service = Service(tmp_path / f"service-{len(lines)}", odoo, odoo.service_key, protocol, pull)
        line = SimpleNamespace(zebra=zebra, service=service, tap=None)
        lines.append(line)
        zebra.start()
        if tapped:
            line.tap = Tap(zebra.port)
        service.add_printer(name, line.tap.port if tapped else zebra.port, zebra.json_port)
        odoo.set_parameters(
            mode="pull" if pull else "push",
            api_url=NOWHERE if pull else service.url, api_key="" if pull else service.key,
            default_printer=name, default_template="mo_label", print_on_split="True",
        )  # fmt: skip
        service.start()
        return line

    request.node.lines = lines
    yield make
    for line in lines:
        line.service.stop()
        if line.tap:
            line.tap.close()
        line.zebra.stop()


@pytest.fixture
def line(make_line):
    return make_line()


@pytest.fixture
def slow_line(make_line):
    return make_line(SLOW)


# --- what a failure leaves behind --------------------------------------------------------------------------------


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    if report.failed and report.when in ("setup", "call"):
        for number, (_, screen) in enumerate(getattr(item, "screens", [])):
            name = f"failed-{item.name}-{number}".replace("/", "-")
            try:
                screen.shot(name)
                report.sections.append((f"screen of {screen.login}", f"{screen.page.url}\n{places.SCREENSHOTS / name}.png"))
                console = [line for line in screen.page.console if line.startswith(("error", "page error", "warning"))]
                report.sections.append((f"console of {screen.login}", "\n".join(console[-20:])))
            except Exception as error:  # a picture that cannot be taken must not hide why it was wanted
                report.sections.append((f"screen of {screen.login}", f"no picture: {error}"))
        for line in getattr(item, "lines", []):
            report.sections.append(("platen serve", line.service.tail()))
            report.sections.append(("platen simulate", line.zebra.tail()))
        for name in ("odoo", "bare_odoo"):
            odoo = item.funcargs.get(name)
            if odoo:
                report.sections.append(("Odoo", odoo.tail()))
    return report
