"""What a person does at Odoo's screen; the only place that knows how it is drawn."""

from playwright.sync_api import expect

from . import places
from .waiting import wait_for

# Every toast ever shown, with the moments it came and went, kept by the page itself.
WATCH_TOASTS = """
window.__toasts = [];
const watch = () => new MutationObserver((changes) => {
    for (const change of changes) {
        for (const node of change.addedNodes) {
            if (node.nodeType !== 1) continue;
            const found = node.matches('.o_notification') ? [node] : node.querySelectorAll('.o_notification');
            for (const toast of found) {
                if (window.__toasts.some((known) => known.node === toast)) continue;
                window.__toasts.push({node: toast, came: performance.now(), went: null});
            }
        }
        for (const known of window.__toasts) {
            if (known.went === null && !known.node.isConnected) known.went = performance.now();
        }
    }
}).observe(document, {childList: true, subtree: true});
watch();
"""
READ_TOASTS = """() => window.__toasts.map((toast) => ({
    text: toast.node.innerText.replace(/\\s+/g, ' ').trim(),
    kind: (toast.node.className.match(/border-(success|info|warning|danger)/)
        || toast.node.innerHTML.match(/(?:bg|border|text)-(success|info|warning|danger)/) || [])[1] || '',
    shown: (toast.went ?? performance.now()) - toast.came,
    open: toast.went === null,
}))"""


class Screen:
    """One person's browser window."""

    def __init__(self, page, url, login, password):
        self.page = page
        self.url = url
        self.login = login
        self._password = password
        self.navigations = 0
        page.on("framenavigated", self._on_navigation)

    def _on_navigation(self, frame):
        # Odoo changes the address while it stays on the page; only a new document counts.
        if frame == self.page.main_frame and not self.page.evaluate("() => window.__stays === true"):
            self.navigations += 1
            self.page.evaluate("() => { window.__stays = true }")

    def sign_in(self):
        self.page.goto(f"{self.url}/web/login")
        self.page.locator("input[name=login]").fill(self.login)
        self.page.locator("input[name=password]").fill(self._password)
        self.page.locator(".oe_login_form button[type=submit]").click()
        # The first one waits for Odoo to make its assets.
        expect(self.page.locator(".o_main_navbar")).to_be_visible(timeout=120_000)

    def another_tab(self):
        """A second tab of the same browser."""
        page = self.page.context.new_page()
        page.set_default_timeout(30_000)
        page.console = self.page.console
        return Screen(page, self.url, self.login, self._password)

    def shot(self, name):
        """A picture for people; animations are let come to rest."""
        places.SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=places.SCREENSHOTS / f"{name}.png", animations="disabled")

    # --- orders ---

    def open_orders(self, search=None):
        self.page.goto(f"{self.url}/odoo/manufacturing")
        expect(self.page.locator(".o_list_view, .o_kanban_view, .o_view_nocontent").first).to_be_visible()
        if search:
            self._search(search)

    def open_order(self, order):
        self.page.goto(f"{self.url}/odoo/manufacturing/{order}")
        expect(self.page.locator(".o_form_view .o_field_widget[name=product_id]").first).to_be_visible()

    def choose_action(self, name):
        """An entry of the gear menu of the record or list on screen."""
        self.page.locator(".o_cp_action_menus button:has(.fa-cog)").first.click()
        self.page.get_by_role("menuitem", name=name, exact=True).click()

    def print_labels(self, picture=None):
        """Through the wizard, as it proposes."""
        self.choose_action("Print labels")
        dialog = self.page.get_by_role("dialog")
        image = dialog.locator(".o_label_print_template_picture img")
        expect(image).to_be_visible()
        if picture:
            self.wait_drawn(image)
            self.shot(picture)
        dialog.get_by_role("button", name="Print", exact=True).click()
        expect(dialog).to_be_hidden()

    def wait_drawn(self, image):
        """Until a picture is there, and not only its place: it comes with a request of its own."""
        drawn = "(image) => image.complete && image.naturalWidth > 1"
        wait_for("the picture", lambda: image.evaluate(drawn), timeout=30)

    def open_split(self):
        self.choose_action("Split")
        dialog = self.page.get_by_role("dialog")
        expect(dialog.locator("[name=max_batch_size] input")).to_be_visible()
        return dialog

    def split(self, quantities, picture=None):
        """Through the wizard: the batch size proposes the lines, then each line is corrected."""
        dialog = self.open_split()
        size = dialog.locator("[name=max_batch_size] input")
        size.fill(str(quantities[0]))
        dialog.locator(".modal-title").click()
        rows = dialog.locator("[name=production_detailed_vals_ids] .o_data_row")
        expect(rows).to_have_count(len(quantities))
        for index, quantity in enumerate(quantities):
            self._set_quantity(dialog, index, quantity)
        if picture:
            self.shot(picture)
        dialog.locator("button[name=action_split]").click()
        expect(dialog).to_be_hidden(timeout=30_000)

    def _set_quantity(self, dialog, index, quantity):
        row = dialog.locator("[name=production_detailed_vals_ids] .o_data_row").nth(index)
        cell = row.locator("td[name=quantity]")
        cell.click()
        expect(cell.locator("input")).to_be_focused()
        cell.locator("input").fill(str(quantity))
        dialog.locator(".modal-title").click()
        expect(cell).to_have_text(f"{quantity}.00")
        self._put_calendar_away()

    def _put_calendar_away(self):
        """A line of the wizard opens the calendar of its date in passing, and may leave it open."""
        calendar = self.page.locator(".o_datetime_picker")
        wait_for("the calendar to be gone", lambda: self._closes(calendar), timeout=10)

    @staticmethod
    def _closes(calendar):
        if calendar.count():
            calendar.page.keyboard.press("Escape")
        return not calendar.count()

    # --- jobs ---

    def open_jobs(self, search=None):
        self.page.goto(f"{self.url}/odoo/label-jobs")
        expect(self.page.locator(".o_list_view")).to_be_visible()
        if search:
            self._search(search)

    def _search(self, text):
        """In the first field of the search, which is the order's.

        By its line in the menu, the first: Enter does nothing until that line is the chosen one, a moment after the text.
        """
        self.page.locator(".o_searchview_input").fill(text)
        self.page.get_by_role("menuitem", name=f" for: {text}").first.click()
        expect(self.page.locator(".o_searchview .o_facet_values", has_text=text)).to_be_visible()

    def open_job(self, job):
        self.page.goto(f"{self.url}/odoo/label-jobs/{job}")
        expect(self.page.locator(".o_form_view")).to_be_visible()

    def open_job_board(self):
        self.page.goto(f"{self.url}/odoo/label-jobs?view_type=kanban")
        expect(self.page.locator(".o_kanban_view")).to_be_visible()

    def job_column(self, status):
        return self.page.locator(".o_kanban_group", has=self.page.locator(".o_column_title", has_text=status))

    def page_of_job(self, name):
        """A page of the open job's notebook."""
        self.page.locator(".o_notebook_headers").get_by_role("tab", name=name).click()

    def job_row(self, order_name):
        order = self.page.locator("td[name=mo_id]").get_by_text(order_name, exact=True)
        return self.page.locator(".o_list_view .o_data_row").filter(has=order)

    def press(self, name, confirm=False):
        """A button of the form's header; the question, if one is asked, is answered yes."""
        self.page.locator(".o_form_statusbar").get_by_role("button", name=name, exact=True).click()
        if confirm:
            self.page.get_by_role("dialog").locator("footer .btn-primary").click()

    # --- printers ---

    def open_printers(self):
        self.page.goto(f"{self.url}/odoo/label-printers")
        expect(self.page.locator(".o_label_print_printers")).to_be_visible()

    def open_services(self):
        self.page.goto(f"{self.url}/odoo/label-services")
        expect(self.page.locator(".o_list_view .o_data_row").first).to_be_visible()

    def printer_card(self, name):
        title = self.page.locator("[name=name], span").get_by_text(name, exact=True)
        return self.page.locator(".o_label_print_printers .o_kanban_record").filter(has=title)

    def bell(self):
        return self.page.locator(".o_label_print_systray")

    def open_bell(self):
        self.bell().click()
        menu = self.page.locator(".o_label_print_systray_menu")
        expect(menu).to_be_visible()
        return menu

    # --- rules and reports ---

    def open_rules(self):
        self.page.goto(f"{self.url}/odoo/label-rules")
        expect(self.page.locator(".o_list_view")).to_be_visible()

    def new_rule(self, name, when, per, labels):
        self.page.locator(".o_list_button_add").first.click()
        form = self.page.locator(".o_form_view")
        form.locator("[name=name] input").fill(name)
        self._choose(form.locator("[name=event]"), when)
        self._choose(form.locator("[name=labels_per]"), per)
        form.locator("[name=fixed_quantity] input").fill(str(labels))
        form.locator(".o_form_button_save").click()
        expect(form.locator(".o_form_button_save")).to_be_hidden()

    def _choose(self, field, label):
        """Pick one of a selection, however this Odoo draws it."""
        if field.locator("select").count():
            field.locator("select").select_option(label=label)
            return
        field.locator("input").click()
        self.page.locator(".o_select_menu_menu").get_by_text(label, exact=True).click()

    def open_zpl_reports(self):
        self.page.goto(f"{self.url}/odoo/label-reports")
        expect(self.page.locator(".o_list_view .o_data_row").first).to_be_visible()

    def print_report_to(self, report, where):
        row = self.page.locator(".o_data_row").filter(has=self.page.get_by_text(report, exact=True))
        cell = row.locator("td[name=label_print_to]")
        cell.click()
        self._choose(self.page.locator(".o_selected_row td[name=label_print_to]"), where)
        self.page.locator(".o_list_button_save").first.click()
        expect(self.page.locator(".o_selected_row")).to_have_count(0)

    def choose_report(self, name):
        """An entry of the Print menu, which lies in the gear menu."""
        self.page.locator(".o_cp_action_menus button:has(.fa-cog)").first.click()
        self.page.locator(".o-dropdown--menu .dropdown-toggle").filter(has_text="Print").first.hover()
        self.page.locator(".o-dropdown-item").filter(has_text=name).first.click()

    def open_record(self, action, record):
        self.page.goto(f"{self.url}/odoo/action-{action}/{record}")
        expect(self.page.locator(".o_form_view")).to_be_visible()

    def print_product_labels_in_zpl(self):
        """By Odoo's own wizard; its entry differs from ours by a capital."""
        self.choose_action("Print Labels")
        dialog = self.page.get_by_role("dialog")
        dialog.get_by_label("ZPL Labels", exact=True).check()
        dialog.get_by_role("button", name="Print", exact=True).click()

    # --- toasts ---

    def toasts(self, about=""):
        return [toast for toast in self.page.evaluate(READ_TOASTS) if about in toast["text"]]

    def wait_toast(self, about, containing="", timeout=30_000):
        wanted = "([about, part]) => window.__toasts.some(({node}) => node.innerText.includes(about)"
        wanted += " && node.innerText.toLowerCase().includes(part.toLowerCase()))"
        self.page.wait_for_function(wanted, arg=[about, containing], timeout=timeout)

    def wait_toast_older_than(self, about, seconds):
        """Until the last toast about this is so old, or is gone."""
        old = "([about, ms]) => window.__toasts.filter(({node}) => node.innerText.includes(about))"
        old += ".every(({came, went}) => went !== null || performance.now() - came > ms)"
        self.page.wait_for_function(old, arg=[about, seconds * 1000], timeout=(seconds + 20) * 1000)
