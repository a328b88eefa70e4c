"""What many screens show of jobs, and when, against what Odoo stored, and when.

Both sides tell the time of the same machine: the pages by ``Date.now()``, the database by a trigger that writes down every
write of a job's row at its commit: before that nothing is stored.
"""

import re
from dataclasses import dataclass

# Every change of every row's text, with its moment, kept by the page itself.
WATCH_ROWS = """
window.__shown = [];
window.__rowTexts = new Map();
const look = () => {
    for (const row of document.querySelectorAll('.o_list_view .o_data_row')) {
        const order = (row.innerText.match(/WH\\/MO\\/[\\d-]+/) || [])[0];
        if (!order) continue;
        const text = row.innerText.replace(/\\s+/g, ' ').trim();
        if (window.__rowTexts.get(order) !== text) {
            window.__rowTexts.set(order, text);
            window.__shown.push({order, text, at: Date.now() / 1000});
        }
    }
};
let queued = false;
new MutationObserver(() => {
    if (queued) return;
    queued = true;
    // After the framework has finished its patch.
    queueMicrotask(() => { queued = false; look(); });
}).observe(document, {childList: true, subtree: true, characterData: true, attributes: true, attributeFilter: ['class', 'style']});
"""

# Further people, each a websocket of its own with what the list subscribes to, and what each heard of jobs, all in one page:
# a drawn list costs a processor far more than the news it draws. A connection that breaks is made anew as Odoo's own client
# does, asking for what was missed.
LISTENERS = """(count) => {
    window.__heard = Array.from({length: count}, () => []);
    window.__opened = Array.from({length: count}, () => 0);
    const connect = (number, last) => {
        const version = odoo.loader.modules.get('@web/session').session.websocket_worker_version;
        const socket = new WebSocket(`ws://${location.host}/websocket?version=${version}`);
        socket.onopen = () => {
            window.__opened[number] += 1;
            socket.send(JSON.stringify({event_name: 'subscribe', data: {channels: ['label_print.jobs'], last}}));
        };
        socket.onmessage = ({data}) => {
            for (const {id, message} of JSON.parse(data)) {
                last = Math.max(last, id);
                if (message.type === 'label_print_job') {
                    const {id: job, current_label, status} = message.payload;
                    window.__heard[number].push({job, count: current_label, status, at: Date.now() / 1000});
                }
            }
        };
        socket.onclose = () => setTimeout(() => connect(number, last), 1000 + 1000 * Math.random());
    };
    for (let number = 0; number < count; number++) connect(number, 0);
}"""

JOURNAL = """
CREATE TABLE label_print_journal (
    job_id integer, status text, printed integer, transaction bigint, at double precision
);
CREATE FUNCTION label_print_write_down() RETURNS trigger AS $$
BEGIN
    INSERT INTO label_print_journal
    VALUES (NEW.id, NEW.status, NEW.current_label, txid_current(), extract(epoch FROM clock_timestamp()));
    RETURN NEW;
END $$ LANGUAGE plpgsql;
CREATE CONSTRAINT TRIGGER label_print_write_down AFTER INSERT OR UPDATE ON label_print_job
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION label_print_write_down();
"""
NO_JOURNAL = """
DROP TRIGGER label_print_write_down ON label_print_job;
DROP FUNCTION label_print_write_down();
DROP TABLE label_print_journal;
"""


@dataclass
class Stored:
    """One write of a job's row."""

    job: int
    status: str
    printed: int
    transaction: int
    at: float


def journal(odoo):
    """Every write of a job's row so far, in order."""
    columns = "job_id, status, coalesce(printed, 0), transaction, at"
    output = odoo.script("psql", odoo.database, "-At", "-F", "|", "-c", f"SELECT {columns} FROM label_print_journal ORDER BY at")
    rows = [line.split("|") for line in output.splitlines() if line.count("|") == 4]
    return [
        Stored(int(job), status, int(printed), int(transaction), float(at)) for job, status, printed, transaction, at in rows
    ]


def counts_shown(shown, order, quantity):
    """When a page showed each count of an order's labels, as (moment, count)."""
    found = []
    for one in shown:
        count = re.search(rf"(\d+) of {quantity}\b", one["text"])
        if one["order"] == order and count:
            found.append((one["at"], int(count[1])))
    return found


def counts_heard(heard, job):
    """When a listener heard each count of a job's labels, as (moment, count)."""
    return [(one["at"], one["count"]) for one in heard if one["job"] == job]


def lags(stored, shown, disturbances):
    """Seconds from storing a count to showing it or a later one; per write, with the disturbance it falls into.

    :param disturbances: moments ``(begin, end)``; what was stored between begin and end + 10 s is measured from the end
    :return: pairs of the lag and the number of its disturbance, or None; a lag of None was never shown
    """
    measured = []
    highest = -1
    for write in stored:
        if write.printed <= highest:
            continue
        highest = write.printed
        later = [at for at, count in shown if count >= write.printed]
        number, since = None, write.at
        for index, (begin, end) in enumerate(disturbances):
            if begin - 1 <= write.at <= end + 10:
                number, since = index, max(write.at, end)
        measured.append((max(0.0, min(later) - since) if later else None, number))
    return measured


def most_writes_a_second(stored):
    """The largest number of transactions that wrote one row within any second."""
    first = {}
    for write in stored:
        first.setdefault(write.transaction, write.at)
    moments = sorted(first.values())
    return max((sum(1 for at in moments if start <= at < start + 1) for start in moments), default=0)


def percentile(values, share):
    """The value that so large a share does not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else 0.0
