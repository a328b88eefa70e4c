"""An Odoo that cannot reach the service: everything works all the same, and the paper says so."""

from collections import Counter

import pytest
from kit.jobs import ENDED
from kit.waiting import wait_for
from playwright.sync_api import expect

SLOW = 5

PROTOCOLS = pytest.mark.parametrize("protocol", ["json2", "xmlrpc"])


def counts(zebra, piece):
    """How often each label of an order came out, by its number."""
    return Counter(label.number[0] for label in zebra.labels_of(piece.name))


def each_once(quantity):
    return Counter(range(1, quantity + 1))


@PROTOCOLS
def test_jobs_are_fetched_printed_cancelled_and_retried(supervisor_at, orders, jobs, make_line, protocol):
    line = make_line(SLOW, protocol=protocol, pull=True)
    supervisor = supervisor_at()
    supervisor.open_jobs()
    [first, second] = orders.split(orders.make(83), [80, 3])
    line.zebra.wait_labels(5)
    supervisor.open_job(jobs.one(first.id)["id"])
    supervisor.press("Cancel", confirm=True)
    [job] = jobs.wait([first.id], "cancelled")
    jobs.wait([second.id], "completed")
    printed = counts(line.zebra, first)
    assert 5 <= sum(printed.values()) < 80
    assert job["current_label"] == sum(printed.values())
    supervisor.press("Retry")
    jobs.wait([first.id], "completed")
    assert counts(line.zebra, first) == each_once(80)
    assert counts(line.zebra, second) == each_once(3)


@PROTOCOLS
def test_a_killed_service_loses_and_doubles_nothing(orders, jobs, make_line, protocol):
    line = make_line(SLOW, protocol=protocol, pull=True)
    # Killed in the middle of printing.
    [first, second] = orders.split(orders.make(31), [30, 1])
    line.zebra.wait_labels(8)
    line.service.kill()
    line.service.start()
    # Killed when it has fetched a job and nobody knows whether it was stored.
    [third, fourth] = orders.split(orders.make(5), [4, 1])
    wait_for("a job to be handed out", lambda: jobs.one(third.id)["status"] not in ("pending",), timeout=30)
    line.service.kill()
    line.service.start()
    pieces = (first, second, third, fourth)
    ended = jobs.wait([piece.id for piece in pieces], *ENDED, timeout=120)
    assert {job["status"] for job in ended} == {"completed"}, ended
    for piece in pieces:
        assert counts(line.zebra, piece) == each_once(piece.quantity), piece.name


@PROTOCOLS
def test_labels_picture_and_story_of_a_fetched_job_are_seen(supervisor_at, orders, jobs, make_line, protocol):
    make_line(protocol=protocol, pull=True)
    supervisor = supervisor_at()
    [first, second] = orders.split(orders.make(5), [4, 1])
    jobs.wait([first.id, second.id], "completed")
    supervisor.open_job(jobs.one(first.id)["id"])
    rows = supervisor.page.locator(".o_label_print_label_table tbody tr")
    expect(rows.locator(".badge", has_text="Printed")).to_have_count(4, timeout=30_000)
    expect(supervisor.page.locator(".o_label_print_picture img")).to_be_visible(timeout=30_000)
    supervisor.shot(f"job-fetched-{protocol}")
    supervisor.page_of_job("What Happened")
    expect(supervisor.page.locator(".o_label_print_timeline li").last).to_contain_text("Every label is printed", timeout=30_000)


def test_what_cannot_be_printed_is_told_with_advice(odoo, orders, jobs, make_line):
    make_line(protocol="json2", pull=True)
    odoo.set_parameters(default_template="no-such-template")
    [first, second] = orders.split(orders.make(2), [1, 1])
    ended = jobs.wait_ended(first.id, second.id)
    assert {(job["status"], job["error_code"]) for job in ended} == {("failed", "unknown_template")}
    names = odoo.admin.search("label.print.template", [], ["name"])
    assert "mo_label" in [row["name"] for row in names], "Odoo heard which templates there are"


def test_the_settings_say_whether_the_service_comes_by(odoo, screens, make_line):
    line = make_line(protocol="json2", pull=True)
    wait_for("the service to come by", lambda: odoo.admin.search("label.print.agent", [], ["name"]), timeout=30)
    admin = screens(odoo, "admin")
    admin.page.goto(f"{odoo.url}/odoo/settings#mrp")
    button = admin.page.get_by_role("button", name="Test connection")
    if not button.is_visible():
        admin.page.locator(".settings_tab .tab[data-key=mrp]").click()
    button.scroll_into_view_if_needed()
    button.click()
    admin.wait_toast("fetches its jobs")
    admin.shot("settings-fetching")
    [shown] = admin.toasts("fetches its jobs")
    assert shown["kind"] == "success", shown
    assert line.service.get("/readyz")[0] == 200
