"""I write a rule, and orders print by it; I set a report to print, and it no longer comes as a file."""

from kit.people import MANAGER, SUPERVISOR
from playwright.sync_api import expect


def test_a_rule_written_at_the_screen_prints_when_an_order_is_confirmed(odoo, line, orders, jobs, screens):
    screen = screens(odoo, MANAGER)
    screen.open_rules()
    screen.shot("rules-empty")
    screen.new_rule("Two box labels for each order", when="An order is confirmed", per="Order, a fixed number", labels=2)
    screen.shot("rule-form")
    try:
        order = orders.make(5)
        [job] = jobs.wait_ended(order)
        assert (job["job_type"], job["status"], job["quantity"]) == ("mo_confirm", "completed", 2)
        name = orders.name(order)
        assert [label.number for label in line.zebra.labels_of(name)] == [(1, 2), (2, 2)]
        assert len(line.zebra.paper()) == 2
        screen.open_rules()
        screen.shot("rules-list")
    finally:
        rules = [row["id"] for row in odoo.admin.search("label.print.rule", [], ["name"])]
        odoo.admin.call("label.print.rule", "unlink", rules)


def test_a_cancelled_order_takes_its_labels_along(odoo, make_line, orders, jobs):
    line = make_line(speed_ips=2)
    [first, second] = orders.split(orders.make(61), [60, 1])
    line.zebra.wait_labels(3)
    odoo.admin.call("mrp.production", "action_cancel", [first.id])
    [cancelled] = jobs.wait([first.id], "cancelled", timeout=60)
    jobs.wait([second.id], "completed", timeout=60)
    # What Odoo says was printed is what is on the table.
    assert len(line.zebra.labels_of(first.name)) == cancelled["current_label"] < 60
    assert len(line.zebra.labels_of(second.name)) == 1


def test_a_report_in_zpl_comes_out_of_the_printer(odoo, line, orders, jobs, screens):
    screen = screens(odoo, SUPERVISOR)
    [report] = odoo.admin.search("ir.actions.report", [("report_name", "=", "mrp.label_production_view")], ["name"])
    admin = screens(odoo, "admin")
    admin.open_zpl_reports()
    admin.print_report_to(report["name"], "Label Printer")
    admin.shot("zpl-reports")
    try:
        order = orders.make(3)
        screen.open_order(order)
        downloads = []
        screen.page.on("download", lambda download: downloads.append(download))
        screen.choose_report(report["name"])
        toast = screen.page.locator(".o_label_print_report_notification")
        expect(toast).to_contain_text(f"3 labels asked for on {line.zebra.name}")
        screen.shot("zpl-report-asked-for")
        [job] = jobs.wait_ended(order)
        assert (job["job_type"], job["status"], job["current_label"]) == ("report", "completed", 3)
        assert len(line.zebra.labels()) == 3
        assert all(any("Journey Desk" in text for text in label.texts) for label in line.zebra.labels())
        assert not downloads
        screen.open_job(job["id"])
        screen.shot("zpl-report-job")
    finally:
        odoo.admin.write("ir.actions.report", report["id"], label_print_to="download")
