"""Ten people split at the same time, some splits are rolled back, workers are killed: the paper is what was committed.

``PLATEN_CROWD_SPLITS=200`` plays the whole of it. What it counted is left beside the pictures, in ``crowd.txt``.
"""

import os
import re
import time
from collections import Counter

from kit import places
from kit.crowd import Crowd, Reaper, Rival
from kit.jobs import Jobs
from kit.orders import Orders
from kit.people import SUPERVISOR
from kit.waiting import wait_for

SPLITS = int(os.environ.get("PLATEN_CROWD_SPLITS") or 40)
PEOPLE = 10
ROLLED_BACK = 5  # every fifth
QUANTITIES = [2, 1]


def pieces_by_name(caller, orders):
    """What is committed: each order and what was split off, with its quantity; and the orders still whole."""
    rows = caller.search("mrp.production", [("id", "in", orders)], ["name", "product_qty", "production_group_id"])
    groups = [row["production_group_id"][0] for row in rows]
    pieces = caller.search(
        "mrp.production", [("production_group_id", "in", groups)], ["name", "product_qty", "production_group_id"]
    )
    sizes = Counter(piece["production_group_id"][0] for piece in pieces)
    whole = {row["name"] for row in rows if sizes[row["production_group_id"][0]] == 1}
    split = {piece["name"]: round(piece["product_qty"]) for piece in pieces if piece["name"] not in whole}
    return split, whole


def test_what_is_on_paper_is_what_was_committed(odoo, make_line, capsys):
    line = make_line(speed_ips=12)
    admin = odoo.admin
    orders = [Orders(odoo.caller(SUPERVISOR), odoo.products).make(sum(QUANTITIES)) for _ in range(SPLITS)]
    spoiled = set(orders[ROLLED_BACK - 1 :: ROLLED_BACK])
    callers = [odoo.person(f"splitter{number}", "mrp.group_mrp_user") for number in range(PEOPLE)]
    retried_before = odoo.log_count("tries left")
    began = time.monotonic()
    odoo.stop()
    odoo.start(workers=4)
    try:
        crowd = Crowd(callers, odoo.products)
        rival = Rival(odoo.caller(SUPERVISOR), crowd)
        reaper = Reaper(odoo.pid, crowd, calls_apart=6)
        rival.start()
        reaper.start()
        try:
            crowd.split(orders, QUANTITIES, spoiled)
        finally:
            reaper.stop()
            rival.stop()
        split_for = time.monotonic() - began
        wait_for("a worker to answer again", lambda: pieces_by_name(admin, orders[:1]), 30)
        split, whole = pieces_by_name(admin, orders)
        jobs = Jobs(admin)
        ids = [row["id"] for row in admin.search("mrp.production", [("name", "in", list(split))], ["name"])]
        done = jobs.wait_ended(*ids, timeout=120 + 3 * SPLITS)
    finally:
        odoo.stop()
        odoo.start()
    # One to one: every committed piece has each of its labels once, and nobody else has any.
    paper = line.zebra.paper()
    printed = Counter((name_on(label, split), label.number) for label in paper)
    expected = Counter((name, (k, quantity)) for name, quantity in split.items() for k in range(1, quantity + 1))
    assert printed == expected, (printed - expected, expected - printed)
    assert all(label.complete and label.ours for label in paper)
    assert {job["status"] for job in done} == {"completed"}
    # And the storm was one: splits went through, were rolled back, met each other, and lost their workers.
    retried = odoo.log_count("tries left") - retried_before
    assert len(split) >= len(QUANTITIES) * SPLITS // 2, (crowd.refused, crowd.lost)
    assert len(spoiled & whole_ids(admin, whole)) == len(spoiled), "a spoiled split went through"
    assert reaper.killed and retried, (reaper.killed, retried)
    told = (
        f"{SPLITS} splits by {PEOPLE} people in {split_for:.0f} s: {len(split)} orders committed, {len(paper)} labels, "
        f"{len(crowd.refused)} refused, {len(crowd.lost)} lost their worker, {reaper.killed} workers killed, "
        f"{retried} calls run again by Odoo; all on paper after {time.monotonic() - began:.0f} s"
    )
    places.SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    (places.SCREENSHOTS / "crowd.txt").write_text(told + "\n")
    with capsys.disabled():
        print("\n" + told)


def whole_ids(caller, names):
    return {row["id"] for row in caller.search("mrp.production", [("name", "in", list(names))], ["name"])}


def name_on(label, names):
    """The order a label is of; its name is a word of its own on it."""
    found = {word for text in label.texts for word in re.findall(r"[\w/-]+", text)} & set(names)
    return found.pop() if len(found) == 1 else tuple(label.texts)
