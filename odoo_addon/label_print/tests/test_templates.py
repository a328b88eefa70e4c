from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import LabelPrintCase


@tagged("post_install", "-at_install")
class TestTemplates(LabelPrintCase):
    def setUp(self):
        super().setUp()
        self.templates = self.env["label.print.template"].with_user(self.manager)

    def known(self, name="mo_label"):
        self.templates.action_open_templates()
        return self.templates.search([("name", "=", name)])

    def editor(self, **values):
        action = self.known().action_edit() if not values else self.templates.action_new()
        editor = self.env["label.print.template.editor"].with_user(self.manager)
        editor = editor.browse(action["res_id"])
        editor.write(values)
        return editor

    def test_the_list_shows_what_the_service_has(self):
        template = self.known()
        self.assertEqual(template.title, "Mo label")
        self.assertEqual(template.size_display, "57 × 32 mm")
        self.assertEqual(template.dpmm, "8, 12")
        self.assertEqual(template.state, "approved")
        self.assertEqual(template.field_names, "product*, serial, note")
        self.assertTrue(template.picture)
        # A picture is drawn once for each version.
        self.known()
        drawn = [path for _method, path, _headers, _body in self.platen.requests if "preview" in path]
        self.assertEqual(len(drawn), 1)

    def test_what_the_service_no_longer_has_is_put_away(self):
        template = self.known()
        self.platen.templates.kept["other"] = self.platen.templates.kept.pop("mo_label")
        self.known("other")
        self.assertFalse(template.active)

    def test_the_list_is_there_while_the_service_is_away(self):
        self.known()
        self.platen.close()
        action = self.templates.action_open_templates()
        self.assertEqual(action["params"]["next"]["res_model"], "label.print.template")
        self.assertIn("No print service is listening", action["params"]["message"])
        self.assertTrue(self.templates.search([("name", "=", "mo_label")]))

    def test_a_draft_prints_nothing_until_it_is_approved(self):
        before = self.known().version
        editor = self.editor()
        self.assertEqual(editor.label_zpl, "^XA^XZ")
        editor.write({"label_zpl": "^XA^FDnew^FS^XZ", "comment": "A larger number"})
        template = self.templates.browse(editor.action_save_draft()["res_id"])
        self.assertEqual((template.state, template.version), ("draft", before))
        draft = template.version_ids[0]
        self.assertEqual((draft.comment, draft.uploaded_by), ("A larger number", self.manager.name))
        draft.action_approve()
        self.assertEqual((template.state, template.version), ("approved", draft.version))
        # Going back is approving the older one.
        template.version_ids[1].action_approve()
        self.assertEqual(template.version, before)

    def test_a_new_template_by_its_technical_name(self):
        editor = self.editor(name="Shelf Label!")
        with self.assertRaisesRegex(UserError, "small letters"):
            editor.action_save_draft()
        editor.name = "shelf_label"
        template = self.templates.browse(editor.action_save_draft()["res_id"])
        self.assertEqual((template.name, template.state), ("shelf_label", "draft"))

    def test_a_mistake_is_shown_and_what_was_written_stays(self):
        editor = self.editor()
        editor.label_zpl = "^XABROKEN^XZ"
        editor.action_try()
        self.assertIn("Line 1: BROKEN is no command.", editor.findings_html)
        self.assertFalse(editor.picture)
        editor.label_zpl = "^XA^XZ"
        editor.action_try()
        self.assertIn("Nothing to find fault with", editor.findings_html)
        self.assertTrue(editor.picture)

    def test_managers_only(self):
        template = self.known()
        template.action_refresh()
        for user in (self.maker, self.supervisor):
            seen = template.with_user(user)
            self.assertEqual(seen.title, "Mo label")
            for forbidden in (
                seen.action_edit,
                self.templates.with_user(user).action_new,
                seen.version_ids.action_approve,
                lambda user=user: self.env["label.print.template.editor"].with_user(user).create({}),
            ):
                with self.assertRaises(AccessError):
                    forbidden()

    def test_product_then_category_then_setting(self):
        self.known()
        self.platen.templates.put("small", {"label.zpl": "^XA ^XZ"}, "", "")
        self.platen.templates.put("large", {"label.zpl": "^XA  ^XZ"}, "", "")
        small, large = self.known("small"), self.known("large")
        parent = self.env["product.category"].create({"name": "Wood"})
        child = self.env["product.category"].create({"name": "Oak", "parent_id": parent.id})
        product = self.products["none"]
        product.categ_id = child

        def template():
            order = self.order(1)
            return self.jobs.with_user(self.maker)._enqueue(order, "manual").template

        self.assertEqual(template(), "mo_label")
        parent.label_print_template_id = small
        self.assertEqual(template(), "small")
        product.product_tmpl_id.label_print_template_id = large
        self.assertEqual(template(), "large")
