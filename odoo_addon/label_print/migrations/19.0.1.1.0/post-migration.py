from odoo import SUPERUSER_ID, api
from odoo.tools.sql import column_exists


def migrate(cr, version):
    """Let print rules, which named their template by text, point to it."""
    if not column_exists(cr, "label_print_rule", "template"):
        return
    env = api.Environment(cr, SUPERUSER_ID, {})
    cr.execute("SELECT id, template FROM label_print_rule WHERE template != ''")
    for rule_id, name in cr.fetchall():
        rule = env["label.print.rule"].browse(rule_id)
        rule.template_id = env["label.print.template"]._by_name(name)
    cr.execute("ALTER TABLE label_print_rule DROP COLUMN template")
