"""The users and products of the journeys, made once inside Odoo."""

SUPERVISOR = "supervisor"  # splits orders, steers jobs
BYSTANDER = "bystander"  # the same rights, but asked for nothing
MANAGER = "manager"  # takes the history along as a file
VIEWER = "viewer"  # makes orders, so may look; may not steer
STOREKEEPER = "storekeeper"  # keeps lots, locations and operations, and labels them
STRANGER = "stranger"  # works in the warehouse and has nothing to do with labels
SERVICE = "label-service"  # platen itself

MADE_WITH_ADDON = """
groups = {
    'supervisor': ['label_print.group_supervisor', 'mrp.group_mrp_user', 'stock.group_production_lot'],
    'bystander': ['label_print.group_supervisor', 'mrp.group_mrp_user'],
    'manager': ['label_print.group_manager', 'mrp.group_mrp_user'],
    'viewer': ['label_print.group_user', 'mrp.group_mrp_user'],
    'storekeeper': ['label_print.group_user', 'mrp.group_mrp_user', 'stock.group_stock_manager', 'stock.group_production_lot',
                    'stock.group_stock_multi_locations', 'stock.group_tracking_lot', 'product.group_product_manager'],
    'stranger': ['stock.group_stock_user'],
}
for login, xmlids in groups.items():
    env['res.users'].with_context(no_reset_password=True).create({
        'name': login.capitalize(), 'login': login, 'password': login, 'tz': 'UTC',
        'group_ids': [(4, env.ref(x).id) for x in ['base.group_user', 'base.group_allow_export', *xmlids]],
    })
service = env['res.users'].with_context(no_reset_password=True).create({
    'name': 'Label Service', 'login': 'label-service',
    'group_ids': [(4, env.ref(x).id) for x in ['base.group_user', 'label_print.group_service']],
})
result['key'] = env['res.users.apikeys'].with_user(service).sudo()._generate(None, 'label service', False)
"""

PRODUCTS = """
part = env['product.product'].create({'name': 'Journey Part', 'type': 'consu'})
for tracking in ('none', 'lot', 'serial'):
    product = env['product.product'].create({
        'name': 'Journey Desk ' + tracking.capitalize(), 'default_code': 'JD-' + tracking.upper(),
        'type': 'consu', 'is_storable': True, 'tracking': tracking,
    })
    bom = env['mrp.bom'].create({
        'product_tmpl_id': product.product_tmpl_id.id, 'product_qty': 1,
        'bom_line_ids': [(0, 0, {'product_id': part.id, 'product_qty': 1})],
    })
    result[tracking] = {'product': product.id, 'bom': bom.id, 'template': product.product_tmpl_id.id}
"""
