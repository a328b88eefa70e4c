"""I split an order, and the right labels come out: every one, once, with the names the split gave."""

import statistics
import time

import pytest
from kit.orders import Orders
from kit.people import SUPERVISOR
from kit.rpc import Refused


def on_paper(zebra, pieces):
    """The labels of each piece, by the order's name; every label belongs to exactly one."""
    found = {piece.name: zebra.labels_of(piece.name) for piece in pieces}
    assert sum(map(len, found.values())) == len(zebra.labels()), [label.texts for label in zebra.labels()]
    return found


def check_pieces(zebra, pieces, quantities):
    assert [piece.quantity for piece in pieces] == quantities
    assert [piece.name[-4:] for piece in pieces] == ["-001", "-002", "-003"]
    found = on_paper(zebra, pieces)
    assert {name: len(labels) for name, labels in found.items()} == {piece.name: piece.quantity for piece in pieces}
    assert len(zebra.paper()) == sum(quantities), "something was printed twice, or torn"
    return found


def test_ten_without_serials_become_four_three_and_three(supervisor, orders, jobs, line):
    order = orders.make(10)
    supervisor.open_order(order)
    supervisor.split([4, 3, 3], picture="split-wizard")
    pieces = orders.pieces(order)
    done = jobs.wait_ended(*[piece.id for piece in pieces])
    assert [(job["status"], job["job_type"], job["current_label"]) for job in done] == [
        ("completed", "mo_split", 4), ("completed", "mo_split", 3), ("completed", "mo_split", 3),
    ]  # fmt: skip
    for labels in check_pieces(line.zebra, pieces, [4, 3, 3]).values():
        assert all(label.says("Journey Desk None") for label in labels)
    # k of n: each number once
    for piece in pieces:
        numbers = [label.number for label in line.zebra.labels_of(piece.name)]
        assert numbers == [(number, piece.quantity) for number in range(1, piece.quantity + 1)]
    supervisor.open_jobs(pieces[0].name.removesuffix("-001"))
    supervisor.shot("jobs-after-split")


def test_each_of_ten_serials_is_on_one_label_of_the_order_that_makes_it(supervisor, orders, jobs, line):
    order = orders.make(10, "serial")
    serials = [f"SN-{order:04}-{number:02}" for number in range(1, 11)]
    orders.give_lots(order, serials)
    supervisor.open_order(order)
    supervisor.split([4, 3, 3])
    pieces = orders.pieces(order)
    jobs.wait_ended(*[piece.id for piece in pieces])
    found = check_pieces(line.zebra, pieces, [4, 3, 3])
    for serial in serials:
        assert len([label for label in line.zebra.labels() if label.says(serial)]) == 1, serial
    # Odoo and the paper tell the same story.
    for piece in orders.pieces(order):
        assert len(piece.lots) == piece.quantity, piece
        for serial in piece.lots:
            assert any(label.says(serial) for label in found[piece.name]), (piece.name, serial)


def test_the_lot_is_on_the_labels_of_the_order_that_holds_it(supervisor, orders, jobs, line):
    order = orders.make(10, "lot")
    lot = f"LOT-{order:04}"
    orders.give_lots(order, [lot])
    supervisor.open_order(order)
    supervisor.split([4, 3, 3])
    pieces = orders.pieces(order)
    jobs.wait_ended(*[piece.id for piece in pieces])
    found = check_pieces(line.zebra, pieces, [4, 3, 3])
    assert lot in pieces[0].lots
    for piece in pieces:
        for label in found[piece.name]:
            assert label.says(lot) == (lot in piece.lots), (piece, label.texts)


def test_twenty_splits_and_how_soon_their_first_label_leaves(orders, jobs, make_line, capsys):
    line = make_line(tapped=True)
    since_call, since_answer, on_paper_after = [], [], []
    expected = 0
    for _ in range(20):
        order = orders.make(3)
        wizard = orders.prepare_split(order, [2, 1])
        called_at = time.monotonic()
        orders.carry_out(wizard)
        answered_at = time.monotonic()
        expected += 3
        line.zebra.wait_labels(expected - 2)
        on_paper_after.append(time.monotonic() - answered_at)
        line.zebra.wait_labels(expected)
        first_byte = line.tap.first_format_after(called_at)
        assert first_byte, "labels came out, but none passed the wire"
        since_call.append(first_byte - called_at)
        # The commit lies between call and answer: below zero means the label left before the answer.
        since_answer.append(first_byte - answered_at)
    assert len(line.zebra.labels()) == expected
    with capsys.disabled():
        print("\n20 splits, seconds (median, slowest):")
        for title, values in (
            ("first byte after the call", since_call),
            ("first byte after the answer", since_answer),
            ("first label on paper after the answer", on_paper_after),
        ):
            print(f"  {title:38} {statistics.median(values):6.3f} {max(values):6.3f}")


def test_a_split_that_is_rolled_back_prints_nothing(orders, jobs, line):
    order = orders.make(10)
    name = orders.name(order)
    # A piece without a date is refused by the database, long after the split itself was carried out.
    with pytest.raises(Refused):
        orders.carry_out(orders.prepare_split(order, [4, 3, 3], date=False))
    assert orders.name(order) == name
    assert jobs.of(order) == []
    # What is asked for later comes out, and nothing before it.
    other = orders.split(orders.make(2), [1, 1])
    jobs.wait_ended(*[piece.id for piece in other])
    assert [label.says(other[0].name) or label.says(other[1].name) for label in line.zebra.paper()] == [True, True]
    assert jobs.of(order) == []


def test_a_split_while_the_service_is_down_prints_when_it_is_back(orders, jobs, line):
    line.service.stop()
    pieces = orders.split(orders.make(5), [3, 2])
    # Odoo has tried and failed, and keeps the jobs.
    waiting = jobs.wait([piece.id for piece in pieces], "pending", "sent", timeout=30)
    assert len(waiting) == 2
    assert line.zebra.paper() == []
    line.service.start()
    # Odoo tries again every minute.
    done = jobs.wait_ended(*[piece.id for piece in pieces], timeout=180)
    assert [job["status"] for job in done] == ["completed", "completed"]
    assert {piece.name: len(line.zebra.labels_of(piece.name)) for piece in pieces} == {
        piece.name: piece.quantity for piece in pieces
    }
    assert len(line.zebra.paper()) == 5


def test_the_service_killed_while_it_prints_goes_on_where_it_stopped(orders, jobs, make_line):
    line = make_line(speed_ips=6)
    [first, second] = orders.split(orders.make(41), [40, 1])
    line.zebra.wait_labels(10)
    line.service.kill()
    line.service.start()
    jobs.wait_ended(first.id, second.id, timeout=90)
    printed = [label.number for label in line.zebra.labels_of(first.name)]
    assert printed == [(number, 40) for number in range(1, 41)]
    assert len(line.zebra.paper()) == 41


def test_a_name_full_of_commands_prints_as_text(odoo, jobs, line):
    """The product of feature 84: its name would end the label, print 99 more and reset the printer."""
    name = "Bolt ^XZ^XA^PQ99 ~JR _5E"
    product = odoo.products["none"]
    odoo.admin.write("product.template", product["template"], name=name)
    try:
        orders = Orders(odoo.caller(SUPERVISOR), odoo.products)
        pieces = orders.split(orders.make(3), [2, 1])
        jobs.wait_ended(*[piece.id for piece in pieces])
    finally:
        odoo.admin.write("product.template", product["template"], name="Journey Desk None")
    assert len(line.zebra.paper()) == 3
    assert all(name in label.texts for label in line.zebra.labels())
