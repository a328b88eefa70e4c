"""Many people watch the list while several jobs print; connections are cut and Odoo is started anew meanwhile.

Three people with the list before them and two jobs in every run; ``make odoo-watchers`` has twenty people, five jobs and a
restart of Odoo, and prints the figures. Each has a window of one Chromium, in which the list is drawn. On a machine that cannot
draw so many, PLATEN_WATCHERS_DRAWN says how many are; the others are websockets of their own that hear what the list hears.
"""

import json
import os
import time
from collections import Counter

import pytest
from kit import people, places, watching
from kit.pump import Pump
from kit.jobs import ENDED
from kit.screen import READ_TOASTS, WATCH_TOASTS
from kit.service import Service
from kit.waiting import wait_for
from kit.zebra import Zebra
from playwright.sync_api import expect

WATCHERS = int(os.environ.get("PLATEN_WATCHERS", "3"))
DRAWN = min(WATCHERS, int(os.environ.get("PLATEN_WATCHERS_DRAWN", WATCHERS)))
IS_WHOLE = WATCHERS > 3
JOBS = 5 if IS_WHOLE else 2
LABELS = 240 if IS_WHOLE else 60
INCHES_A_SECOND = 5
STATUS_SHOWN = {"completed": "Printed"}


@pytest.fixture
def lines(odoo, tmp_path):
    """Some printers and one service for all of them."""
    zebras = [Zebra(tmp_path / f"watched-{number}", f"watched-{number}", INCHES_A_SECOND) for number in range(JOBS)]
    service = Service(tmp_path / "service", odoo, odoo.service_key)
    for zebra in zebras:
        zebra.start()
        service.add_printer(zebra.name, zebra.port, zebra.json_port)
    odoo.set_parameters(
        mode="push", api_url=service.url, api_key=service.key, default_template="mo_label", print_on_split="True"
    )
    service.start()
    yield zebras, service
    service.stop()
    for zebra in zebras:
        zebra.stop()


@pytest.fixture
def journal(odoo):
    odoo.script("psql", odoo.database, "-q", "-c", watching.JOURNAL)
    yield lambda: watching.journal(odoo)
    odoo.script("psql", odoo.database, "-q", "-c", watching.NO_JOURNAL)


@pytest.fixture
def gate(odoo):
    """Before Odoo: everything passes, until all connections through it are cut at once."""
    gate = Pump(odoo.port)
    yield gate
    gate.close()


@pytest.fixture
def watchers(browser, gate, screens, odoo):
    """Pages on the list of jobs: the first one's owner asks for the labels, the others only look."""
    base = f"http://127.0.0.1:{gate.port}"
    cookies = {}
    for login in (people.SUPERVISOR, people.BYSTANDER):
        screen = screens(odoo, login)
        cookies[login] = screen.page.context.storage_state()
    contexts, pages = [], []
    for number in range(DRAWN):
        login = people.SUPERVISOR if number == 0 else people.BYSTANDER
        context = browser.new_context(
            viewport={"width": 1200, "height": 500}, locale="en-US", timezone_id="UTC", storage_state=cookies[login],
            # All of them are drawn by one machine without a graphics card: nothing glides.
            reduced_motion="reduce",
        )  # fmt: skip
        context.add_init_script(WATCH_TOASTS)
        context.add_init_script(watching.WATCH_ROWS)
        page = context.new_page()
        page.set_default_timeout(120_000)
        page.goto(f"{base}/odoo/label-jobs")
        expect(page.locator(".o_list_view")).to_be_visible(timeout=120_000)
        contexts.append(context)
        pages.append(page)
    for page in pages:
        # All have come to rest before anything is measured.
        page.evaluate("() => new Promise((done) => requestIdleCallback(done))")
    pages[-1].evaluate(watching.LISTENERS, WATCHERS - DRAWN)
    pages[-1].wait_for_function("window.__opened.every((times) => times > 0)")
    yield pages
    for context in contexts:
        context.close()


def toasts_about(page, made):
    return sum(any(name in toast["text"] for _order, name in made) for toast in page.evaluate(READ_TOASTS))


def test_everybody_sees_what_is_stored(odoo, orders, jobs, lines, journal, gate, watchers):
    zebras, _service = lines
    made = []
    for zebra in zebras:
        odoo.set_parameters(default_printer=zebra.name)
        order = orders.make(LABELS)
        orders.print_labels(order)
        made.append((order, orders.name(order)))
    for zebra in zebras:
        zebra.wait_labels(10, timeout=120)
    disturbances = []
    now = time.time()
    assert gate.cut() >= WATCHERS
    disturbances.append((now, time.time()))
    if IS_WHOLE:
        for zebra in zebras:
            zebra.wait_labels(90, timeout=120)
        now = time.time()
        odoo.stop()
        gate.cut()
        odoo.start()
        disturbances.append((now, time.time()))
    jobs.wait([order for order, _name in made], *ENDED, timeout=240)
    for page in watchers:
        for _order, name in made:
            row = page.locator(".o_list_view .o_data_row", has_text=name)
            expect(row).to_contain_text(f"{LABELS} of {LABELS}", timeout=30_000)
            expect(row).to_contain_text(STATUS_SHOWN["completed"], timeout=10_000)
    # The last toast has come by now, or does not come: the last row was shown from the same message.
    wait_for("the submitter's toasts", lambda: toasts_about(watchers[0], made) >= JOBS, timeout=15)
    listening = "window.__heard.every((heard) => window.__ended.every((job) => heard.some((one) => one.job === job && one.status === 'completed')))"
    watchers[-1].evaluate("(ended) => { window.__ended = ended }", [jobs.one(order)["id"] for order, _name in made])
    watchers[-1].wait_for_function(listening, timeout=60_000)

    by_job = {job["id"]: job["mo_id"][1] for job in jobs.of(*[order for order, _name in made])}
    stored = {name: [] for _order, name in made}
    for write in journal():
        if write.job in by_job:
            stored[by_job[write.job]].append(write)
    calm, troubled, lost = [], [[] for _one in disturbances], 0
    for page in watchers:
        shown = page.evaluate("() => window.__shown")
        for name, writes in stored.items():
            for lag, number in watching.lags(writes, watching.counts_shown(shown, name, LABELS), disturbances):
                if lag is None:
                    lost += 1
                else:
                    (calm if number is None else troubled[number]).append(lag)
    ended_unheard = 0
    for heard in watchers[-1].evaluate("() => window.__heard"):
        for job, name in by_job.items():
            ended_unheard += not any(one["job"] == job and one["status"] == "completed" for one in heard)
            for lag, number in watching.lags(stored[name], watching.counts_heard(heard, job), disturbances):
                if lag is None:
                    lost += 1
                else:
                    (calm if number is None else troubled[number]).append(lag)
    writes_a_second = max(watching.most_writes_a_second(writes) for writes in stored.values())
    # Its birth, sending and acceptance are no matter of how fast its labels come.
    printing = [[write for write in writes if write.printed] for writes in stored.values()]
    writes_while_printing = max(watching.most_writes_a_second(writes) for writes in printing)
    # Odoo tells of lost connections in toasts as well.
    names = list(stored)
    toasts = [
        Counter(toast["text"] for toast in page.evaluate(READ_TOASTS) if any(name in toast["text"] for name in names))
        for page in watchers
    ]
    figures = {
        "watchers": WATCHERS, "of_them_drawn": DRAWN, "load": os.getloadavg()[0], "jobs": JOBS, "labels_per_job": LABELS, "writes": sum(map(len, stored.values())),
        "shown_after_stored_s": {
            "p50": round(watching.percentile(calm, 0.5), 3), "p95": round(watching.percentile(calm, 0.95), 3),
            "max": round(max(calm, default=0), 3), "measured": len(calm),
        },
        "after_disturbance_s": [
            {"of": of, "p95": round(watching.percentile(lags, 0.95), 3), "max": round(max(lags, default=0), 3), "measured": len(lags)}
            for of, lags in zip(("cut websockets", "Odoo started anew"), troubled, strict=False)
        ],
        "never_shown": lost, "ends_never_heard": ended_unheard, "most_writes_of_a_job_in_a_second": writes_while_printing,
        "with_its_birth_and_sending": writes_a_second,
        "toasts_of_the_submitter": sum(toasts[0].values()),
        "toasts_shown_twice": sum(count - 1 for one in toasts for count in one.values() if count > 1),
        "toasts_of_bystanders": sum(sum(one.values()) for one in toasts[1:]),
    }  # fmt: skip
    print(json.dumps(figures, indent=2))
    places.SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    (places.SCREENSHOTS / f"watchers-{WATCHERS}.json").write_text(json.dumps(figures, indent=2) + "\n")
    watchers[-1].screenshot(path=places.SCREENSHOTS / f"watchers-{WATCHERS}.png", animations="disabled")
    assert lost == 0 and ended_unheard == 0, figures
    assert writes_while_printing <= 2, figures
    assert figures["toasts_shown_twice"] == 0 and figures["toasts_of_bystanders"] == 0, figures
    assert figures["toasts_of_the_submitter"] == JOBS, figures
    for zebra, (_order, name) in zip(zebras, made, strict=True):
        assert len(zebra.labels_of(name)) == LABELS
