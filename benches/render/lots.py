# In front of what is measured in Odoo's shell: the lots whose labels are drawn.
LABELS = 200


def make_lots(env):
    product = env["product.product"].create(
        {"name": "Customizable Desk (Steel, ^ White)", "default_code": "FURN_0096", "tracking": "serial", "is_storable": True}
    )
    lots = env["stock.lot"].create(
        [{"name": f"BENCH-{i:06}", "product_id": product.id, "ref": "WH/MO/00042"} for i in range(1, LABELS + 1)]
    )
    env.flush_all()
    return lots


