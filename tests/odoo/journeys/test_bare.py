"""The stage itself: Odoo, its browser and its split wizard, before anything of ours is installed."""

import pytest
from kit.orders import Orders
from kit.rpc import Refused

pytestmark = pytest.mark.bare


@pytest.fixture
def orders(bare_odoo):
    return Orders(bare_odoo.admin, bare_odoo.products)


@pytest.fixture
def admin(bare_odoo, screens):
    return screens(bare_odoo, "admin")


def test_a_person_signs_in_and_sees_the_orders(admin):
    admin.open_orders()
    admin.shot("bare-orders")


@pytest.mark.parametrize("tracking", ["none", "lot", "serial"])
def test_an_order_of_ten_is_split_in_the_browser(admin, orders, tracking):
    order = orders.make(10, tracking)
    name = orders.name(order)
    admin.open_order(order)
    admin.split([4, 3, 3], picture=f"bare-split-{tracking}")
    pieces = orders.pieces(order)
    assert [(piece.name, piece.quantity) for piece in pieces] == [
        (f"{name}-001", 4), (f"{name}-002", 3), (f"{name}-003", 3),
    ]  # fmt: skip


def test_a_split_that_fails_is_rolled_back_whole(orders):
    order = orders.make(10)
    name = orders.name(order)
    wizard = orders.prepare_split(order, [4, 3, 3], date=False)
    with pytest.raises(Refused):
        orders.carry_out(wizard)
    assert orders.name(order) == name
