"""Manufacturing orders, as a supervisor makes and splits them."""

from dataclasses import dataclass


@dataclass
class Piece:
    """An order as Odoo holds it after the split."""

    id: int
    name: str
    quantity: int
    lots: list


class Orders:
    def __init__(self, caller, products):
        self._caller = caller
        self._products = products

    def make(self, quantity, tracking="none"):
        """A confirmed order; its id."""
        product = self._products[tracking]
        order = self._caller.create(
            "mrp.production", product_id=product["product"], bom_id=product["bom"], product_qty=quantity
        )
        self._caller.call("mrp.production", "action_confirm", [order])
        return order

    def name(self, order):
        return self._caller.read("mrp.production", order, "name")["name"]

    def print_labels(self, order):
        """As the entry of the order's menu does."""
        self._caller.call("mrp.production", "action_label_print", [order])

    def give_lots(self, order, names):
        """Assign serials or a lot, as the dialog of the order does."""
        product = self._caller.read("mrp.production", order, "product_id")["product_id"][0]
        lots = [self._caller.create("stock.lot", name=name, product_id=product) for name in names]
        self._caller.write("mrp.production", order, lot_producing_ids=[(6, 0, lots)])

    def prepare_split(self, order, quantities, **spoiled):
        """The wizard, filled in; ``spoiled`` replaces values of its last line."""
        start = self._caller.read("mrp.production", order, "date_start")["date_start"]
        lines = [{"quantity": quantity, "date": start, "user_id": self._caller.uid} for quantity in quantities]
        lines[-1].update(spoiled)
        return self._caller.create(
            "mrp.production.split",
            production_id=order,
            production_detailed_vals_ids=[(0, 0, line) for line in lines],
        )

    def carry_out(self, wizard):
        self._caller.call("mrp.production.split", "action_split", [wizard])

    def split(self, order, quantities):
        self.carry_out(self.prepare_split(order, quantities))
        return self.pieces(order)

    def pieces(self, order):
        """The order and what was split off, by name."""
        group = self._caller.read("mrp.production", order, "production_group_id")["production_group_id"]
        rows = self._caller.search(
            "mrp.production",
            [("production_group_id", "=", group[0])],
            ["name", "product_qty", "lot_producing_ids"],
            order="name",
        )
        pieces = []
        for row in rows:
            lots = self._caller.call("stock.lot", "read", row["lot_producing_ids"], fields=["name"])
            names = sorted(lot["name"] for lot in lots)
            pieces.append(Piece(row["id"], row["name"], round(row["product_qty"]), names))
        return pieces
