"""I look at the templates, change one, try it, approve it, and the next job is printed with it."""

from kit.people import MANAGER
from playwright.sync_api import expect

# Where the order's second number stands, which these orders have not. The editor's own face: typing closes brackets.
CHANGE = """(editor) => {
    const { session } = ace.edit(editor);
    session.setValue(session.getValue().replace("^XZ", "^FO31,28^A0N,2.5,2.5^FDChanged here^FS^XZ"));
}"""


def test_a_template_is_changed_tried_approved_and_printed(odoo, screens, line, orders, jobs):
    screen = screens(odoo, MANAGER)
    page = screen.page
    page.goto(f"{odoo.url}/odoo/action-label_print.label_print_template_action_open")
    cards = page.locator(".o_kanban_record img")
    expect(cards.first).to_be_visible(timeout=60_000)
    screen.shot("templates")
    page.locator(".o_kanban_record", has_text="Manufacturing order label").click()
    screen.press("Edit")
    dialog = page.get_by_role("dialog")
    code = dialog.locator(".ace_editor").first
    expect(code).to_be_visible()
    code.evaluate(CHANGE)
    dialog.locator("[name=comment] input").fill("Says where it was changed")
    dialog.get_by_role("button", name="Try", exact=True).click()
    expect(dialog.locator(".o_label_print_template_picture img")).to_be_visible(timeout=30_000)
    screen.shot("template-editor")
    dialog.get_by_role("button", name="Save as Draft").click()
    draft = page.locator(".o_data_row", has_text="Says where it was changed")
    expect(draft).to_be_visible(timeout=30_000)
    screen.shot("template-draft")
    draft.get_by_role("button", name="Use This Version").click()
    page.get_by_role("dialog").locator("footer .btn-primary").click()
    expect(page.locator(".o_arrow_button_current", has_text="In Use")).to_be_visible(timeout=30_000)
    order = orders.make(1)
    orders.print_labels(order)
    jobs.wait([order], "completed")
    assert [label.says("Changed here") for label in line.zebra.labels()] == [True]
