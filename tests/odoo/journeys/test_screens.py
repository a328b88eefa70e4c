"""What people see, state by state, and that it moves while they look. The pictures are for those who judge the looks."""

import re
from contextlib import contextmanager

import pytest
from kit.people import MANAGER, VIEWER
from kit.waiting import wait_for
from playwright.sync_api import expect

PHONE = {"width": 390, "height": 844}
CRAWL = 2  # inches a second: a label takes longer than a look
#: Weeks of work of a plant, written as the service would have reported it.
HISTORY = """
import random
from datetime import datetime, timedelta
dice = random.Random(7)
names = ['line-a', 'line-b', 'packing', 'store']
printers = [env['printer.configuration'].create({'name': 'plant-' + name, 'status': 'idle',
            'odometer': dice.randint(4000, 90000)}) for name in names]
people = env['res.users'].search([('login', 'in', ['supervisor', 'bystander', 'viewer', 'manager'])])
orders = env['mrp.production'].search([], limit=20)
jobs = env['label.print.job']
for number in range(120):
    status = dice.choices(['completed', 'completed_with_errors', 'failed', 'cancelled'], [88, 5, 3, 4])[0]
    quantity = dice.choice([1, 4, 10, 24, 60, 200])
    began = datetime.now().replace(microsecond=0) - timedelta(hours=dice.randint(0, 40), minutes=dice.randint(1, 59))
    printed = {'completed': quantity, 'failed': 0}.get(status, quantity * 2 // 3)
    job = jobs.create({
        'mo_id': orders[number % len(orders)].id, 'job_type': dice.choice(['mo_split', 'manual']), 'status': status,
        'printer_id': printers[number % 7 % 4].id, 'submitted_by': people[number % 4].id, 'quantity': quantity,
        'current_label': printed, 'service_job_id': 'earlier', 'revision': 9, 'started_at': began,
        'finished_at': began + timedelta(seconds=8 + quantity * dice.randint(2, 5) // 4),
        'error_message': status in ('failed', 'completed_with_errors') and 'The labels were given up after ten attempts.' or False,
    })
    env.cr.execute('UPDATE label_print_job SET create_date = %s WHERE id = %s', [began, job.id])
"""
ELSEWHERE = """
company = env['res.company'].create({'name': 'New Plant'})
env['res.users'].with_context(no_reset_password=True).create({
    'name': 'Newcomer', 'login': 'newcomer', 'password': 'newcomer', 'company_id': company.id, 'company_ids': [(6, 0, company.ids)],
    'group_ids': [(4, env.ref(x).id) for x in ['base.group_system', 'mrp.group_mrp_manager', 'label_print.group_manager']],
})
"""


@pytest.fixture
def crawling_line(make_line):
    return make_line(CRAWL)


@contextmanager
def phone(screen):
    """The same window, as narrow as a telephone."""
    wide = screen.page.viewport_size
    screen.page.set_viewport_size(PHONE)
    yield
    screen.page.set_viewport_size(wide)


def nothing_sticks_out(screen):
    """On a telephone the page must not have to be pushed sideways."""
    return screen.page.evaluate("() => document.documentElement.scrollWidth <= window.innerWidth")


def test_a_fault_is_seen_everywhere_and_gone_when_it_is_mended(odoo, supervisor, screens, orders, jobs, line):
    manager = screens(odoo, MANAGER)
    printer = line.zebra.name
    order = orders.make(13)
    supervisor.open_job_board()
    line.zebra.control.do("media-out-after", labels=3)
    [first, second] = orders.split(order, [12, 1])
    card = supervisor.page.locator(".o_kanban_record", has_text=f"{first.name} · 12 labels")
    loaded = supervisor.navigations
    expect(supervisor.job_column("Printing").locator(card)).to_contain_text(re.compile("[23] of 12"), timeout=60_000)
    expect(card).to_contain_text(re.compile("out of", re.I))
    supervisor.shot("board-of-jobs")
    # The manager asked for nothing, but keeps the printers: told of it, and the bell counts.
    manager.open_printers()
    expect(manager.printer_card(printer)).to_contain_text(re.compile("out of", re.I))
    expect(manager.printer_card(printer)).to_contain_text(re.compile("[23] of 12"))
    # Other journeys may have left something behind that needs a hand as well.
    expect(manager.bell()).to_contain_text(re.compile("[1-9]"))
    bell = manager.open_bell()
    entry = bell.locator("li", has_text=printer)
    expect(entry).to_contain_text(re.compile("out of", re.I))
    manager.shot("bell")
    entry.get_by_role("button", name="Open").click()
    expect(manager.page.locator(".o_form_view .alert-warning")).to_be_visible()
    manager.shot("printer-form")
    manager.open_printers()
    manager.shot("printers-fault")
    # And per service: which printers it has, what waits there, what prints now.
    manager.open_services()
    row = manager.page.locator(".o_data_row", has_text=printer)
    expect(row).to_contain_text("Running")
    expect(row).to_contain_text(f"{first.name} · 12 labels")
    expect(row.locator("td[name=waiting_job_count]")).to_have_text("2")
    manager.shot("services")
    row.locator("td[name=name]").click()
    expect(manager.page.locator(".o_form_view .o_label_print_current_job", has_text=first.name)).to_be_visible()
    manager.shot("service-form")
    with phone(manager):
        manager.open_printers()
        expect(manager.printer_card(printer)).to_contain_text(re.compile("out of", re.I))
        manager.shot("printers-narrow")
        assert nothing_sticks_out(manager)
    manager.open_printers()
    line.zebra.control.do("reload-media")
    jobs.wait_ended(first.id, second.id)
    # Without a reload: the card walked on, the calls for a hand are gone.
    expect(supervisor.job_column("Printed").locator(card)).to_contain_text("12 of 12", timeout=30_000)
    assert supervisor.navigations == loaded, "the page was loaded again"
    expect(supervisor.page.locator(".o_notification", has_text="needs a hand")).to_have_count(0)
    expect(manager.printer_card(printer)).not_to_contain_text(re.compile("out of", re.I))
    expect(manager.open_bell().locator("li", has_text=printer)).to_have_count(0)
    manager.page.keyboard.press("Escape")
    manager.printer_card(printer).get_by_role("button", name="Pause").click()
    expect(manager.printer_card(printer)).to_contain_text("Paused by a person", timeout=30_000)
    manager.printer_card(printer).get_by_role("button", name="Resume").click()
    expect(manager.printer_card(printer)).not_to_contain_text("Paused by a person", timeout=30_000)
    paper = len(line.zebra.labels())
    manager.printer_card(printer).get_by_role("button", name="Test label").click()
    line.zebra.wait_labels(paper + 1)
    manager.wait_toast(f"Test of {printer}")
    manager.shot("printers")
    # The order tells it too, in a column one may show.
    supervisor.open_orders(first.name)
    supervisor.page.locator(".o_optional_columns_dropdown button").click()
    supervisor.page.get_by_role("menuitem", name="Labels", exact=True).click()
    row = supervisor.page.locator(".o_data_row", has_text=first.name)
    expect(row.locator(".o_label_print_order")).to_contain_text("12 of 12")
    # Odoo lays the columns out when the page is opened, and remembers which are shown.
    supervisor.open_orders(first.name)
    expect(row.locator(".o_label_print_order")).to_contain_text("12 of 12")
    supervisor.shot("orders-with-labels")


def test_a_doubt_is_settled_and_labels_are_reprinted(odoo, supervisor, screens, orders, jobs, crawling_line):
    line = crawling_line
    order = orders.make(9, "serial")
    orders.give_lots(order, [f"SN-{order:05}-{number}" for number in range(1, 10)])
    supervisor.open_order(order)
    supervisor.print_labels()
    line.zebra.wait_labels(3)
    line.zebra.control.do("power-cycle", for_ms=500)
    [job] = wait_for("the job", lambda: jobs.of(order))
    supervisor.open_job(job["id"])
    settle = supervisor.page.locator(".o_form_statusbar").get_by_role("button", name="Settle labels")
    expect(settle).to_be_visible(timeout=60_000)
    supervisor.shot("job-unconfirmed")
    settle.click()
    dialog = supervisor.page.get_by_role("dialog")
    expect(dialog.locator(".o_data_row")).to_have_count(1)
    expect(dialog.locator(".o_data_row")).to_contain_text(f"SN-{order:05}-")
    supervisor.shot("settle-labels")
    dialog.locator(".o_data_row").get_by_role("button", name="Print it again").click()
    dialog.get_by_role("button", name="Save what you found").click()
    jobs.wait([order], "completed")
    rows = supervisor.page.locator(".o_label_print_label_table tbody tr")
    expect(rows).to_have_count(9)
    expect(rows.locator(".badge", has_text="Printed")).to_have_count(9, timeout=30_000)
    expect(supervisor.page.locator(".o_label_print_picture img")).to_be_visible(timeout=30_000)
    rows.nth(3).click()
    expect(supervisor.page.locator("figcaption")).to_contain_text("Label 4")
    supervisor.shot("job-labels")
    supervisor.page_of_job("What Happened")
    story = supervisor.page.locator(".o_label_print_timeline li")
    expect(story.filter(has_text="Nobody can vouch for label")).to_have_count(1)
    expect(story.last).to_contain_text("Every label is printed")
    supervisor.shot("job-timeline")
    paper = len(line.zebra.labels())
    supervisor.press("Reprint")
    dialog = supervisor.page.get_by_role("dialog")
    dialog.locator("[name=labels] input").fill("2, 8-9")
    dialog.locator("[name=reason] input").fill("Smeared in the store")
    expect(dialog).to_contain_text("3 to print")
    supervisor.shot("reprint")
    dialog.get_by_role("button", name="Reprint").click()
    form = supervisor.page.locator(".o_action_manager .o_form_view")
    expect(form).to_contain_text("3 of 3", timeout=60_000)
    expect(form).to_contain_text("Smeared in the store")
    again = line.zebra.wait_labels(paper + 3)[paper:]
    assert [label.number for label in again] == [(2, 9), (8, 9), (9, 9)]
    assert all(label.says("REPRINT") for label in again)
    supervisor.shot("job-of-a-reprint")
    with phone(supervisor):
        supervisor.open_job(job["id"])
        expect(supervisor.page.locator(".o_label_print_picture img")).to_be_visible(timeout=30_000)
        supervisor.shot("job-narrow")
        assert nothing_sticks_out(supervisor)
    # Without the service the form stays a form, and says what is missing.
    line.service.stop()
    supervisor.open_job(job["id"])
    expect(supervisor.page.locator(".o_label_print_problem")).to_contain_text("cannot be shown now")
    expect(supervisor.page.locator(".o_label_print_count")).to_contain_text("9 of 9")
    supervisor.shot("job-without-service")
    viewer = screens(odoo, VIEWER)
    viewer.open_job(job["id"])
    expect(viewer.page.locator(".o_label_print_problem")).to_be_visible()
    expect(viewer.page.get_by_role("button", name=re.compile("^(Retry|Cancel|Reprint|Settle labels)$"))).to_have_count(0)


def test_many_rows_figures_and_none_at_all(odoo, screens, supervisor, orders):
    orders.make(1)
    odoo.shell(HISTORY + ELSEWHERE)
    manager = screens(odoo, MANAGER)
    manager.page.goto(f"{odoo.url}/odoo/label-jobs")
    expect(manager.page.locator(".o_data_row").nth(20)).to_be_visible()
    manager.shot("jobs-many")
    for view in ("graph", "pivot"):
        manager.page.goto(f"{odoo.url}/odoo/label-analysis?view_type={view}")
        expect(manager.page.locator(f".o_{view}_view canvas, .o_{view}_view table").first).to_be_visible()
        manager.shot(f"analysis-{view}")
    expect(manager.page.locator(".o_pivot_view")).to_contain_text("plant-packing")
    with phone(manager):
        manager.page.goto(f"{odoo.url}/odoo/label-jobs")
        expect(manager.page.locator(".o_kanban_record").first).to_be_visible()
        # No columns, of which one fills the screen: the newest jobs.
        expect(manager.page.locator(".o_kanban_group")).to_have_count(0)
        manager.shot("jobs-narrow")
        assert nothing_sticks_out(manager)
    newcomer = screens(odoo, "newcomer")
    newcomer.page.goto(f"{odoo.url}/odoo/label-jobs")
    steps = newcomer.page.locator(".o_label_print_step")
    expect(steps).to_have_count(3)
    expect(steps.last.get_by_role("button", name="Print a test label")).to_be_visible()
    newcomer.shot("jobs-empty")
    with phone(newcomer):
        newcomer.page.reload()
        expect(steps).to_have_count(3)
        newcomer.shot("jobs-empty-narrow")
        assert nothing_sticks_out(newcomer)
