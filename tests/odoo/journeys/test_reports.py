"""Odoo's own labels in ZPL go to the printer, and the paper carries the codes and the names as they are in Odoo."""

import pytest
from kit.people import STOREKEEPER
from playwright.sync_api import expect

NAME = "Bolt \"M8\" 'x' ^XZ^XA~JA & <b> é"
LOT = "L^XZ~JA_5E&1"
BARCODE = "P^FS~HI\"7"
MADE = f"""
product = env['product.product'].create({{'name': {NAME!r}, 'is_storable': True, 'tracking': 'lot', 'barcode': {BARCODE!r}}})
bom = env['mrp.bom'].create({{'product_tmpl_id': product.product_tmpl_id.id, 'bom_line_ids': [
    (0, 0, {{'product_id': env['product.product'].create({{'name': 'Wire', 'type': 'consu'}}).id, 'product_qty': 1}})]}})
lot = env['stock.lot'].create({{'product_id': product.id, 'name': {LOT!r}}})
order = env['mrp.production'].create({{'product_id': product.id, 'bom_id': bom.id, 'product_qty': 2}})
order.action_confirm()
order.lot_producing_ids = lot
order.move_finished_ids.move_line_ids.lot_id = lot
location = env['stock.location'].create({{'name': 'Shelf ^A~1', 'barcode': 'WH-A^3~02', 'location_id': env.ref('stock.stock_location_stock').id}})
operation = env['stock.picking.type'].create({{'name': 'Boxes ^XZ "q"', 'code': 'internal', 'sequence_code': 'BX', 'barcode': 'OP^XZ~1'}})
env['ir.actions.report'].search([('report_type', '=', 'qweb-text')]).label_print_to = 'printer'
result.update(product=product.id, lot=lot.id, order=order.id, location=location.id, operation=operation.id)
"""


@pytest.fixture
def wide_line(make_line):
    return make_line(label_mm=(102, 76))


def test_odoos_labels_come_out_with_their_codes_whatever_the_name(odoo, screens, wide_line):
    zebra = wide_line.zebra
    made = odoo.shell(MADE)
    screen = screens(odoo, STOREKEEPER)
    downloads = []
    screen.page.on("download", lambda download: downloads.append(download))

    def paper_of(action, labels):
        before = len(zebra.labels())
        action()
        new = zebra.wait_labels(before + labels)[before:]
        assert len(new) == labels
        return new

    def report(path, record, name):
        screen.open_record(path, record)
        screen.choose_report(name)

    for label in paper_of(lambda: report("mrp.mrp_production_action", made["order"], "Finished Product Label (ZPL)"), 2):
        assert label.says(NAME), label.texts
        assert label.codes == [LOT]
    [label] = paper_of(lambda: report("stock.action_production_lot_form", made["lot"], "Lot/Serial Number (ZPL)"), 1)
    assert label.says(NAME), label.texts
    assert label.codes == [LOT]
    [label] = paper_of(lambda: report("stock.action_picking_type_list", made["operation"], "Operation type (ZPL)"), 1)
    assert label.codes == ["OP^XZ~1"]

    def product_labels():
        screen.open_record("stock.stock_product_normal_action", made["product"])
        screen.print_product_labels_in_zpl()

    [label] = paper_of(product_labels, 1)
    assert label.says(NAME), label.texts
    assert label.codes == [BARCODE]
    assert not downloads

    # Odoo has no label of a location in ZPL, so that one is ours.
    def location_label():
        screen.open_record("stock.action_location_form", made["location"])
        screen.print_labels(picture="print-location")

    [label] = paper_of(location_label, 1)
    assert label.says("Shelf ^A~1"), label.texts
    assert label.codes == ["WH-A^3~02"]
