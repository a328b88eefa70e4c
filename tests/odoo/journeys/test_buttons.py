"""The buttons: Retry, Cancel, Print labels, the way from an order to its jobs, the file, the test of the connection."""

import csv
import io
import re
from pathlib import Path

import pytest
from kit.orders import Orders
from kit.people import MANAGER, SUPERVISOR
from playwright.sync_api import expect


def test_retry_prints_what_could_not_print(odoo, supervisor, orders, jobs, line):
    odoo.set_parameters(default_printer="nowhere")
    [first, second] = orders.split(orders.make(5), [4, 1])
    done = jobs.wait_ended(first.id, second.id)
    assert {job["status"] for job in done} == {"failed"}
    assert {job["error_code"] for job in done} == {"unknown_printer"}
    supervisor.open_job(jobs.one(first.id)["id"])
    expect(supervisor.page.locator(".alert-danger")).to_be_visible()
    supervisor.shot("job-failed")
    odoo.set_parameters(default_printer=line.zebra.name)
    supervisor.press("Retry")
    jobs.wait([first.id], "completed")
    assert len(line.zebra.labels_of(first.name)) == 4
    assert len(line.zebra.paper()) == 4
    expect(supervisor.page.locator(".o_form_view")).to_contain_text("4 of 4")


def test_cancel_stops_the_printer_and_says_where(supervisor, orders, jobs, slow_line):
    [first, second] = orders.split(orders.make(61), [60, 1])
    slow_line.zebra.wait_labels(5)
    supervisor.open_job(jobs.one(first.id)["id"])
    supervisor.press("Cancel", confirm=True)
    [job] = jobs.wait([first.id], "cancelled")
    supervisor.shot("job-cancelled")
    # The next job comes out, so nothing of the cancelled one is still on its way.
    jobs.wait([second.id], "completed")
    printed = len(slow_line.zebra.labels_of(first.name))
    assert 5 <= printed < 60
    assert jobs.one(first.id)["current_label"] == printed
    assert job["quantity"] == 60


def test_a_job_is_paused_and_one_that_was_stopped_with_a_question_goes_on(supervisor, orders, jobs, slow_line):
    order = orders.make(40)
    name = orders.name(order)
    orders.print_labels(order)
    slow_line.zebra.wait_labels(3)
    supervisor.open_job(jobs.one(order)["id"])
    supervisor.press("Pause")
    expect(supervisor.page.locator(".alert-secondary", has_text="Paused by a person")).to_be_visible()
    expect(supervisor.page.locator(".o_form_view .o_label_print_time_left")).to_have_text("")
    supervisor.shot("job-paused")
    paused = jobs.one(order)
    assert paused["status"] == "printing" and paused["current_label"] < 40, paused
    supervisor.press("Resume")
    expect(supervisor.page.locator(".alert-secondary", has_text="Paused by a person")).to_be_hidden()
    # Somebody else prints there: the service stops and asks.
    slow_line.zebra.wait_labels(12)
    slow_line.zebra.control.do("print-foreign", labels=2)
    expect(supervisor.page.locator(".alert-warning")).to_contain_text("resume the job", timeout=60_000)
    supervisor.shot("job-stopped-with-a-question")
    supervisor.press("Resume")
    settle = supervisor.page.locator(".o_form_statusbar").get_by_role("button", name="Settle labels")
    done = supervisor.page.locator(".o_form_view", has_text="40 of 40")
    expect(settle.or_(done).first).to_be_visible(timeout=60_000)
    if settle.is_visible():
        settle.click()
        dialog = supervisor.page.get_by_role("dialog")
        expect(dialog.locator(".o_data_row").first).to_be_visible()
        for row in dialog.locator(".o_data_row").all():
            row.get_by_role("button", name="It is there").click()
        dialog.get_by_role("button", name="Save what you found").click()
    jobs.wait([order], "completed")
    assert len(slow_line.zebra.labels_of(name)) == 40


def test_cancelling_what_was_never_sent_prints_nothing(supervisor, orders, jobs, line):
    line.service.stop()
    [first, second] = orders.split(orders.make(3), [2, 1])
    jobs.wait([first.id, second.id], "pending", timeout=30)
    supervisor.open_job(jobs.one(first.id)["id"])
    supervisor.press("Cancel", confirm=True)
    jobs.wait([first.id], "cancelled")
    line.service.start()
    jobs.wait([second.id], "completed", timeout=180)
    assert [label.says(second.name) for label in line.zebra.paper()] == [True]


def test_print_labels_on_an_order_and_the_way_to_its_jobs(supervisor, orders, jobs, line):
    order = orders.make(3)
    name = orders.name(order)
    supervisor.open_order(order)
    supervisor.print_labels(picture="wizard-print")
    [job] = jobs.wait([order], "completed")
    assert job["job_type"] == "manual"
    assert len(line.zebra.labels_of(name)) == 3
    supervisor.open_order(order)
    button = supervisor.page.locator(".oe_stat_button:visible", has_text=re.compile(r"3 / 3\s*labels", re.I))
    supervisor.shot("order-with-jobs")
    button.click()
    expect(supervisor.page.locator(".o_breadcrumb, .o_last_breadcrumb_item").first).to_be_visible()
    expect(supervisor.page.locator(".o_action_manager")).to_contain_text("3 of 3")
    expect(supervisor.page.locator(".o_action_manager")).to_contain_text(name)


def test_serials_given_after_the_split_are_printed_by_hand(odoo, supervisor, orders, jobs, line):
    odoo.set_parameters(print_on_split="False")
    [first, second] = orders.split(orders.make(5, "serial"), [3, 2])
    assert jobs.of(first.id, second.id) == []
    for piece in (first, second):
        orders.give_lots(piece.id, [f"SN-{piece.id:04}-{number}" for number in range(piece.quantity)])
        supervisor.open_order(piece.id)
        supervisor.print_labels()
        jobs.wait([piece.id], "completed")
    for piece in orders.pieces(first.id):
        labels = line.zebra.labels_of(piece.name)
        assert len(labels) == piece.quantity
        assert all(sum(label.says(serial) for label in labels) == 1 for serial in piece.lots)


@pytest.mark.parametrize("name", ["=HYPERLINK(1)", "@SUM(A1)", "+1", "-1"])
def test_the_file_holds_the_filtered_list_and_no_formula(odoo, screens, jobs, line, name):
    product = odoo.products["none"]
    odoo.admin.write("product.template", product["template"], name=name, default_code=False)
    try:
        orders = Orders(odoo.caller(SUPERVISOR), odoo.products)
        wanted = orders.split(orders.make(3), [2, 1])
        others = orders.split(orders.make(2), [1, 1])
        jobs.wait_ended(*[piece.id for piece in (*wanted, *others)])
        manager = screens(odoo, MANAGER)
        manager.open_jobs(wanted[0].name.removesuffix("-001"))
        expect(manager.page.locator(".o_list_view .o_data_row")).to_have_count(2)
        if name.startswith("="):
            manager.shot("list-before-export")
        with manager.page.expect_download() as download:
            manager.page.get_by_role("button", name="Export CSV").click()
        data = Path(download.value.path()).read_bytes()
    finally:
        odoo.admin.write("product.template", product["template"], name="Journey Desk None", default_code="JD-NONE")
    assert data.startswith(b"\xef\xbb\xbf"), "spreadsheets would not know that it is UTF-8"
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    text = data.decode("utf-8-sig")
    assert len(rows) == 3, text
    assert len({len(row) for row in rows}) == 1
    for piece in wanted:
        assert len([row for row in rows[1:] if piece.name in row]) == 1, text
    for piece in others:
        assert piece.name not in text
    dangerous = [cell for row in rows for cell in row if cell[:1] in ("=", "@", "\t", "\r")]
    assert dangerous == []
    assert all("'" + name in row for row in rows[1:]), text


def test_the_connection_is_tried_from_the_settings(odoo, screens, line):
    admin = screens(odoo, "admin")
    admin.page.goto(f"{odoo.url}/odoo/settings#mrp")
    button = admin.page.get_by_role("button", name="Test connection")
    if not button.is_visible():
        admin.page.locator(".settings_tab .tab[data-key=mrp]").click()
    button.scroll_into_view_if_needed()
    button.click()
    toast = admin.page.locator(".o_notification").last
    expect(toast).to_contain_text(line.zebra.name)
    admin.shot("settings-connection-good")
    [shown] = admin.toasts(line.zebra.name)
    assert shown["kind"] == "success", shown


def test_alerts_to_an_address_are_set_up_with_its_secret(odoo, screens, line):
    admin = screens(odoo, "admin")
    admin.page.goto(f"{odoo.url}/odoo/settings#mrp")
    minutes = admin.page.locator("[name=label_print_alert_minutes] input")
    if not minutes.is_visible():
        admin.page.locator(".settings_tab .tab[data-key=mrp]").click()
    minutes.fill("10")
    minutes.press("Tab")
    address = admin.page.locator("[name=label_print_webhook_url] input")
    expect(address).to_be_visible()
    address.fill("https://alerts.example.com/labels")
    address.press("Tab")
    secret = admin.page.locator("[name=label_print_webhook_secret] input")
    expect(secret).to_be_visible()
    admin.page.get_by_role("button", name="Save").first.click()
    # Without a secret nobody could tell the alert from another's.
    expect(secret).to_be_visible()
    secret.fill("between us")
    secret.press("Tab")
    secret.scroll_into_view_if_needed()
    admin.shot("settings-alerts")
    admin.page.get_by_role("button", name="Save").first.click()
    expect(admin.page.get_by_role("button", name="Save").first).to_be_hidden(timeout=30_000)
    assert odoo.admin.call("ir.config_parameter", "get_param", "label_print.webhook_secret") == "between us"
    odoo.set_parameters(alert_minutes="0", webhook_url="", webhook_secret="")


def test_a_service_that_does_not_answer_is_told_in_the_settings(odoo, screens, line):
    line.service.stop()
    admin = screens(odoo, "admin")
    admin.page.goto(f"{odoo.url}/odoo/settings#mrp")
    button = admin.page.get_by_role("button", name="Test connection")
    if not button.is_visible():
        admin.page.locator(".settings_tab .tab[data-key=mrp]").click()
    button.click()
    expect(admin.page.locator(".o_notification").last).to_be_visible()
    admin.shot("settings-connection-bad")
    [shown] = admin.toasts("onnection")
    assert shown["kind"] == "danger", shown
