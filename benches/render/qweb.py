# In Odoo's shell: the label as a QWeb text report over 200 lots, as Odoo's own ZPL reports are made. Rolled back.
import statistics
import time

ROUNDS = 5
ARCH = """<t t-name="bench.label"><t t-foreach="docs" t-as="lot">^XA^CI28^PW456^LL256
^FO24,18^A0N,30,30^FB408,2,2,L^FD<t t-out="lot.product_id.display_name"/>^FS
^FO24,91^A0N,22,22^FD<t t-out="lot.product_id.default_code"/>^FS
^FO242,91^A0N,22,22^FB190,1,0,R^FD<t t-out="lot_index + 1"/> of <t t-out="len(docs)"/>^FS
^FO24,118^BY2^BCN,64,N,N,N,A^FD<t t-out="lot.name"/>^FS
^FO24,189^A0N,30,30^FD<t t-out="lot.name"/>^FS
^FO24,224^A0N,20,20^FD<t t-out="lot.ref"/>^FS
^XZ</t></t>"""


def run():
    env["ir.ui.view"].create({"name": "bench.label", "type": "qweb", "key": "bench.label", "arch": ARCH})
    report = env["ir.actions.report"].create(
        {"name": "Bench", "model": "stock.lot", "report_type": "qweb-text", "report_name": "bench.label"}
    )
    lots = make_lots(env)

    def once():
        started = time.perf_counter()
        text, _kind = report._render_qweb_text("bench.label", lots.ids)
        elapsed = time.perf_counter() - started
        assert text.count(b"^XA") == LABELS, text[:500]
        return elapsed

    once()
    warm = statistics.median(once() for _ in range(ROUNDS))
    print(f"RESULT {warm} Odoo QWeb report, warm, records in memory, not escaped")

    def from_database():
        env.invalidate_all()
        return once()

    print(f"RESULT {statistics.median(from_database() for _ in range(ROUNDS))} Odoo QWeb report, warm, records read, not escaped")
    one_by_one = []
    for _ in range(2):
        started = time.perf_counter()
        for lot in lots:
            report._render_qweb_text("bench.label", lot.ids)
        one_by_one.append(time.perf_counter() - started)
    print(f"RESULT {min(one_by_one)} Odoo QWeb report, a call for each label")
    env.cr.rollback()


run()
