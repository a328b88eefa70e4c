# In Odoo's shell: the label as a record of the community addon printer_zpl2, once for each of 200 lots. Rolled back.
import os
import statistics
import sys
import time

sys.path.insert(0, os.environ["BENCH_CUPS"])

ROUNDS = 3
TEXT = {"component_type": "text", "font": "0"}
COMPONENTS = [
    {**TEXT, "name": "product", "origin_x": 24, "origin_y": 18, "height": 30, "width": 30, "in_block": True,
     "block_width": 408, "block_lines": 2, "block_spaces": 2, "data": "object.product_id.display_name"},
    {**TEXT, "name": "code", "origin_x": 24, "origin_y": 91, "height": 22, "width": 22,
     "data": "object.product_id.default_code"},
    {**TEXT, "name": "index", "origin_x": 242, "origin_y": 91, "height": 22, "width": 22, "in_block": True,
     "block_width": 190, "block_justify": "R", "data": "index + ' of ' + count"},
    {"component_type": "code_128", "name": "barcode", "origin_x": 24, "origin_y": 118, "height": 64, "module_width": 2,
     "data": "object.name"},
    {**TEXT, "name": "serial", "origin_x": 24, "origin_y": 189, "height": 30, "width": 30, "data": "object.name"},
    {**TEXT, "name": "order", "origin_x": 24, "origin_y": 224, "height": 20, "width": 20, "data": "object.ref"},
]


def run():
    modules = env["ir.module.module"]
    modules.update_list()
    modules.search([("name", "=", "printer_zpl2")]).button_immediate_install()
    fresh = env["base"].env
    model = fresh["ir.model"]._get("stock.lot")
    label = fresh["printing.label.zpl2"].create(
        {"name": "Bench", "model_id": model.id, "width": 456, "origin_x": 0, "origin_y": 0,
         "component_ids": [(0, 0, values) for values in COMPONENTS]}
    )
    lots = make_lots(fresh)

    def once():
        started = time.perf_counter()
        texts = [
            label._generate_zpl2_data(lot, index=str(index), count=str(LABELS)) for index, lot in enumerate(lots, 1)
        ]
        elapsed = time.perf_counter() - started
        assert all(text.count(b"^XA") == 1 and b"BENCH-" in text for text in texts), texts[0]
        return elapsed

    once()
    warm = statistics.median(once() for _ in range(ROUNDS))
    print(f"RESULT {warm} Odoo addon printer_zpl2, records in memory, not escaped")
    fresh.cr.rollback()


run()
