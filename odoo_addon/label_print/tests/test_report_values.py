import re
from pathlib import Path

from odoo.tests import TransactionCase, tagged

from ..zpl_values import BEGIN, END, escaped, marked
from .common import LabelPrintCase

HOSTILE = 'A&B <x> "q" \'s\' ^XZ~JA^XA _5E \\& é>;'
# A product's name may hold what a bar code of its lot cannot.
HOSTILE_CODE = "L^XZ~JA_5E&>;1"

# The same for reports that are drawn and read again by a bar code reader, in the service's tests.
DRAWN = Path(__file__).parent / "drawn"
DRAWN_CODE = "L^XZ~JA_5E&1"

COMMAND = re.compile(r"([\^~][A-Za-z][A-Za-z0-9@])([^\^~]*)")


def read(zpl):
    """Return a label's commands and the data of its fields, as a printer reads them."""
    commands, data, hex_sign = [], [], None
    for name, parameters in COMMAND.findall(zpl):
        if name == "^FH":
            hex_sign = parameters[:1].strip() or "_"
        elif name == "^FS":
            hex_sign = None
        if name in ("^FD", "^FV"):
            if hex_sign:
                pairs = re.compile(re.escape(hex_sign) + "([0-9A-Fa-f]{2})")
                parameters = pairs.sub(lambda found: chr(int(found[1], 16)), parameters)
            data.append(parameters)
            commands.append(name)
        elif name not in ("^FH", "^CI"):
            commands.append(name + parameters.strip())
    return commands, data


@tagged("post_install", "-at_install")
class TestReportValues(LabelPrintCase):
    """Odoo's own reports print what is in the database, whatever that is."""

    def both(self, xmlid, make, **data):
        """Draw a report of a harmless record and of a hostile one."""
        labels = []
        for name, code in (("Shelf", "L1"), (HOSTILE, HOSTILE_CODE)):
            report = self.env.ref(xmlid)
            records = make(name, code)
            labels.append(self.jobs._draw_report(report, records, data and data["data"](records)))
        return labels

    def assert_same_label(self, xmlid, make, codes=(), **data):
        harmless, hostile = self.both(xmlid, make, **data)
        self.assertNotIn(BEGIN, hostile)
        self.assertNotIn(END, hostile)
        commands, plain = read(harmless)
        again, special = read(hostile)
        self.assertEqual(again, commands)
        self.assertIn("^FD", commands)
        texts = [text.replace("Shelf", HOSTILE) for text in plain]
        texts = [text.replace("L1", HOSTILE_CODE) for text in texts]
        codes = [code.replace("L1", HOSTILE_CODE) for code in codes]
        # A bar code has escapes of its own below those of ^FH.
        special = [
            text.replace(">0", ">") if text.replace(">0", ">") in codes else text
            for text in special
        ]
        special = [
            text.replace("__", "_") if text.replace("__", "_") in codes else text
            for text in special
        ]
        self.assertEqual(special, texts)

    def lot(self, name, code):
        product = self.env["product.product"].create(
            {"name": name, "is_storable": True, "tracking": "lot"}
        )
        return self.env["stock.lot"].create({"product_id": product.id, "name": code})

    def test_order(self):
        def make(name, code):
            self.products["lot"].name = name
            self.products["lot"].default_code = False
            order = self.order(1, "lot")
            lot = self.env["stock.lot"].create(
                {"product_id": order.product_id.id, "name": code}
            )
            order.lot_producing_ids = lot
            order.move_finished_ids.move_line_ids.lot_id = lot
            return order

        self.assert_same_label("mrp.label_manufacture_template", make, codes=["L1"])

    def test_lot(self):
        self.assert_same_label("stock.label_lot_template", self.lot, codes=["L1"])

    def test_lot_with_gs1(self):
        group = self.env.ref("stock.group_stock_lot_print_gs1")
        self.env.user.write({"group_ids": [(4, group.id)]})
        self.assert_same_label("stock.label_lot_template", self.lot, codes=["10L1"])

    def test_product(self):
        def make(name, code):
            return self.env["product.product"].create({"name": name, "barcode": code})

        def data(product):
            return {
                "quantity_by_product": {str(product.id): 1},
                "layout_wizard": self.env["product.label.layout"].create({}).id,
                "price_included": False,
                "zpl_template": "normal",
                "active_model": "product.product",
            }

        self.assert_same_label(
            "stock.label_product_product", make, codes=["L1"], data=data
        )

    def test_package_and_operation(self):
        self.assert_same_label(
            "stock.label_package_template",
            lambda _name, code: self.env["stock.package"].create({"name": code}),
            codes=["L1"],
        )
        picking_type = self.env["stock.picking.type"].search([], limit=1)

        def operation(name, code):
            return picking_type.copy({"name": name, "barcode": code, "sequence_code": "Z"})

        self.assert_same_label("stock.label_picking_type", operation, codes=["L1"])

    def test_what_the_service_is_given(self):
        """The service's tests read the bar codes of these very texts from their pictures."""
        self.products["lot"].write({"name": HOSTILE, "default_code": False})
        order = self.order(1, "lot")
        lot = self.env["stock.lot"].create(
            {"product_id": order.product_id.id, "name": DRAWN_CODE}
        )
        order.move_finished_ids.move_line_ids.lot_id = lot
        product = self.env["product.product"].create({"name": HOSTILE, "barcode": DRAWN_CODE})
        data = {
            "quantity_by_product": {str(product.id): 2},
            "layout_wizard": self.env["product.label.layout"].create({}).id,
            "price_included": False,
            "zpl_template": "normal",
            "active_model": "product.product",
        }
        package = self.env["stock.package"].create({"name": DRAWN_CODE})
        gs1 = self.env.ref("stock.group_stock_lot_print_gs1")
        drawn = {
            "order": ("mrp.label_manufacture_template", order, None),
            "lot": ("stock.label_lot_template", lot, None),
            "product": ("stock.label_product_product", product, data),
            "package": ("stock.label_package_template", package, None),
            "lot_gs1": ("stock.label_lot_template", lot, None),
        }
        for name, (xmlid, records, options) in drawn.items():
            with self.subTest(report=name):
                if name == "lot_gs1":
                    self.env.user.write({"group_ids": [(4, gs1.id)]})
                zpl = self.jobs._draw_report(self.env.ref(xmlid), records, options)
                kept = DRAWN / f"{name}.zpl"
                if not kept.exists():
                    kept.write_text(zpl)
                    self.fail(f"{kept} was missing; it is drawn now: read it, and keep it")
                self.assertEqual(zpl, kept.read_text())

    def test_without_marks_odoo_draws_as_ever(self):
        lot = self.lot("Shelf", "L1")
        reports = self.env["ir.actions.report"]
        as_ever, _kind = reports._render_qweb_text("stock.label_lot_template", lot.ids)
        drawn = self.jobs._draw_report(self.env.ref("stock.label_lot_template"), lot)
        as_ever = as_ever.decode() if isinstance(as_ever, bytes) else str(as_ever)
        self.assertEqual(drawn, as_ever)


@tagged("post_install", "-at_install")
class TestZplValues(TransactionCase):
    """Each value for its place."""

    def test_places(self):
        for zpl, expected in (
            ("^FD{}^FS", "^FH_^FDa_5E_7E_5F_5C>&^FS"),
            ("^FH\\^FD{}^FS", "^FH\\^FDa\\5E\\7E\\5F\\5C>&^FS"),
            ("^FD_{}_^FS^FD_^FS", "^FH_^FD_5Fa_5E_7E_5F_5C>&_5F^FS^FD_^FS"),
            ("^FB9,2^FD{}^FS", "^FB9,2^FH_^FDa_5E_7E_5F_5C_5C>&^FS"),
            ("^BCN,9,Y,N,N ^FD{}^FS", "^BCN,9,Y,N,N ^FH_^FDa_5E_7E_5F_5C>0&^FS"),
            ("^BXN,8,200\n^FD{}^FS", "^BXN,8,200,,,,_\n^FH_^FDa_5E_7E_5F_5F_5C>&^FS"),
            ("^PQ{}^XZ", "^PQa_>&^XZ"),
        ):
            with self.subTest(zpl=zpl):
                self.assertEqual(escaped(zpl.format(marked("a^~_\\>&"))), expected)

    def test_what_was_made_for_a_page(self):
        self.assertEqual(escaped(marked("<b>A&amp;B</b>", is_html=True)), "A&B")
        self.assertEqual(escaped(marked(f"{BEGIN}a{END}")), "a")
