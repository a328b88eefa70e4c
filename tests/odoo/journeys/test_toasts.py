"""I am told once what became of my job, and nobody else is; when a hand is needed, the message stays and says what to do."""

import re

from kit.people import BYSTANDER, SUPERVISOR
from kit.waiting import wait_for
from playwright.sync_api import expect


def test_one_toast_for_each_job_and_none_for_others(odoo, supervisor, screens, orders, jobs, line):
    bystander = screens(odoo, BYSTANDER)
    order = orders.make(10)
    root = orders.name(order)
    # The bystander watches the list, with the same rights: that it moves there proves that news arrive.
    bystander.open_jobs(root)
    supervisor.open_order(order)
    supervisor.split([4, 3, 3])
    pieces = orders.pieces(order)
    jobs.wait_ended(*[piece.id for piece in pieces])
    for piece in pieces:
        supervisor.wait_toast(piece.name)
    supervisor.shot("toast-success")
    for piece in pieces:
        expect(bystander.job_row(piece.name)).to_contain_text(f"{piece.quantity} of {piece.quantity}")
    # They leave by themselves.
    for piece in pieces:
        expect(supervisor.page.locator(".o_notification", has_text=piece.name)).to_have_count(0, timeout=30_000)
        [toast] = supervisor.toasts(piece.name)
        assert toast["kind"] == "success", toast
    assert bystander.toasts(root) == []


def test_without_paper_a_message_stays_and_says_what_to_do(odoo, supervisor, screens, orders, jobs, line):
    bystander = screens(odoo, BYSTANDER)
    bystander.open_jobs()
    supervisor.open_orders()
    line.zebra.control.do("media-out-after", labels=2)
    # So many that the rest takes longer than a report.
    [first, second] = orders.split(orders.make(31), [30, 1])
    supervisor.wait_toast(first.name, timeout=60_000)
    [toast] = supervisor.toasts(first.name)
    assert toast["kind"] in ("warning", "danger"), toast
    # Which printer, what happened, what to do; in whatever words.
    assert re.search(r"out of (paper|labels|media)", toast["text"], re.I), toast
    assert re.search(r"\b(load|insert|put)\b", toast["text"], re.I), toast
    assert line.zebra.name in toast["text"], toast
    supervisor.shot("toast-paper-out")
    # Longer than a passing toast lives.
    supervisor.wait_toast_older_than(first.name, seconds=12)
    [toast] = supervisor.toasts(first.name)
    assert toast["open"], f"gone after {toast['shown'] / 1000:.1f} s"
    supervisor.open_job(jobs.one(first.id)["id"])
    expect(supervisor.page.locator(".alert-warning")).to_be_visible()
    supervisor.shot("job-needs-attention")
    # Nobody's failure: the job waits and goes on when there is paper.
    assert jobs.one(first.id)["status"] == "printing"
    supervisor.open_orders()
    line.zebra.control.do("reload-media")
    # That nobody is needed any more is told as well.
    supervisor.wait_toast(first.name, f"{line.zebra.name} goes on")
    done = jobs.wait_ended(first.id, second.id)
    assert [job["status"] for job in done] == ["completed", "completed"]
    assert len(line.zebra.labels_of(first.name)) == 30
    assert bystander.toasts(first.name) == []


def test_a_paused_printer_is_told_before_the_first_label(supervisor, orders, jobs, line):
    supervisor.open_orders()
    line.zebra.control.do("pause")
    [first, second] = orders.split(orders.make(3), [2, 1])
    try:
        supervisor.wait_toast(first.name, timeout=30_000)
        [toast] = supervisor.toasts(first.name)
        assert "pause" in toast["text"].lower(), toast
    finally:
        line.zebra.control.do("resume")
        jobs.wait_ended(first.id, second.id)
    assert len(line.zebra.labels()) == 3


def test_a_toast_is_not_told_again_after_a_reload(supervisor, orders, jobs, line):
    supervisor.open_orders()
    [first, second] = orders.split(orders.make(2), [1, 1])
    for piece in (first, second):
        supervisor.wait_toast(piece.name)
    supervisor.page.reload()
    expect(supervisor.page.locator(".o_list_view")).to_be_visible()
    # What the bus repeats to a new page comes before what is new.
    [third, fourth] = orders.split(orders.make(2), [1, 1])
    for piece in (third, fourth):
        supervisor.wait_toast(piece.name)
    told = [toast["text"] for toast in supervisor.toasts()]
    assert len(told) == 2, told


def test_a_toast_is_told_in_one_of_two_tabs(supervisor, orders, jobs, line):
    supervisor.open_orders()
    other = supervisor.another_tab()
    other.open_orders()
    pieces = orders.split(orders.make(6), [2, 2, 2])
    jobs.wait_ended(*[piece.id for piece in pieces])
    tabs = (supervisor, other)
    for piece in pieces:
        wait_for(f"a toast about {piece.name}", lambda: [toast for tab in tabs for toast in tab.toasts(piece.name)])
    # Longer than tabs take to agree.
    supervisor.page.wait_for_timeout(2000)
    for piece in pieces:
        assert len([toast for tab in tabs for toast in tab.toasts(piece.name)]) == 1, piece.name


def test_a_window_opened_later_tells_only_what_is_new(odoo, supervisor, screens, orders, jobs, line):
    supervisor.open_orders()
    before = orders.split(orders.make(2), [1, 1])
    for piece in before:
        supervisor.wait_toast(piece.name)
    # Longer ago than what may have come while the page was on its way.
    supervisor.page.wait_for_timeout(5000)
    elsewhere = screens(odoo, SUPERVISOR)
    elsewhere.open_orders()
    after = orders.split(orders.make(2), [1, 1])
    for piece in after:
        elsewhere.wait_toast(piece.name)
    assert len(elsewhere.toasts()) == 2, elsewhere.toasts()


def test_a_job_that_cannot_print_says_so_and_what_to_do(odoo, supervisor, orders, jobs, line):
    odoo.set_parameters(default_template="no_such_template")
    supervisor.open_orders()
    [first, second] = orders.split(orders.make(2), [1, 1])
    done = jobs.wait_ended(first.id, second.id)
    assert [(job["status"], job["error_code"]) for job in done] == [("failed", "unknown_template")] * 2
    supervisor.wait_toast(first.name)
    supervisor.wait_toast(second.name)
    supervisor.shot("toast-failed")
    for piece in (first, second):
        [toast] = supervisor.toasts(piece.name)
        assert toast["kind"] == "danger", toast
        assert "no_such_template" in toast["text"], toast
    assert line.zebra.paper() == []
