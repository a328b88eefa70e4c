from odoo import api, models
from odoo.exceptions import UserError


class LabelPrintSource(models.AbstractModel):
    """What can be printed by hand from a record: its labels and the values on them.

    Values have the names which the templates of the print service use for them; those a
    template does not know are ignored by it.
    """

    _name = "label.print.source"
    _description = "Source of Labels"

    @api.model
    def _contents(self, records):
        """Return what each record puts on labels, in the order of the records.

        Each is a dict: ``record``, ``title``, ``company``, ``product``, ``data`` (on all its
        labels), and ``labels`` (values of each) or ``quantity`` (alike but for their number);
        perhaps ``template``, the name of one that suits it.

        :raises UserError: for records of which no labels are made
        """
        prepare = getattr(self, f"_prepare_{records._name.replace('.', '_')}", None)
        if prepare is None:
            raise UserError(self.env._("No labels are made of %s.", records._description))
        return [content for record in records for content in prepare(record)]

    @api.model
    def _prepare_mrp_production(self, production):
        if production.state == "cancel":
            return []
        jobs = self.env["label.print.job"]
        # As the job of a rule reads it; this one is not written.
        content = jobs.new(jobs._prepare_job_values(production, "manual"))._prepare_content()
        product = production.product_id
        return [
            {
                "record": production,
                "title": production.name,
                "company": production.company_id,
                "product": product,
                **{key: content[key] for key in ("labels", "quantity") if key in content},
                "data": {**self._prepare_product_data(product), **content["data"]},
            }
        ]

    @api.model
    def _prepare_stock_lot(self, lot):
        field = "serial" if lot.product_id.tracking == "serial" else "lot"
        data = {**self._prepare_product_data(lot.product_id), field: lot.name}
        # Of the module Expiration Dates, where it is installed.
        if "expiration_date" in lot._fields and lot.expiration_date:
            data["expiry"] = lot.expiration_date.date().isoformat()
        return [
            {
                "record": lot,
                "title": lot.name,
                "company": lot.company_id or self.env.company,
                "product": lot.product_id,
                "data": data,
                "quantity": 1,
            }
        ]

    @api.model
    def _prepare_product_product(self, product):
        return [
            {
                "record": product,
                "title": product.display_name,
                "company": product.company_id or self.env.company,
                "product": product,
                "data": self._prepare_product_data(product),
                "quantity": 1,
            }
        ]

    @api.model
    def _prepare_product_template(self, template):
        return [
            content
            for product in template.product_variant_ids
            for content in self._prepare_product_product(product)
        ]

    @api.model
    def _prepare_stock_location(self, location):
        return [
            {
                "record": location,
                "title": location.complete_name,
                "company": location.company_id or self.env.company,
                "product": self.env["product.product"],
                "template": "location",
                "data": {
                    "location": location.name,
                    "path": location.location_id.complete_name or "",
                    "barcode": location.barcode or "",
                },
                "quantity": 1,
            }
        ]

    @api.model
    def _prepare_stock_picking(self, picking):
        """Return a batch for each product of a transfer."""
        if picking.state == "cancel":
            return []
        return [
            {
                "record": picking,
                "title": f"{picking.name} · {product.display_name}",
                "company": picking.company_id,
                "product": product,
                "data": {
                    **self._prepare_product_data(product),
                    "transfer": picking.name,
                    "origin": picking.origin or "",
                    "partner": picking.partner_id.display_name or "",
                },
                **self._prepare_move_lines(product, lines),
            }
            for product, lines in picking.move_line_ids.grouped("product_id").items()
        ]

    @api.model
    def _prepare_move_lines(self, product, lines):
        """Return the labels of what is moved of a product: its numbers, else its units."""
        if product.tracking != "none":
            field = "serial" if product.tracking == "serial" else "lot"
            numbers = [line.lot_id.name or line.lot_name for line in lines]
            labels = [{field: number} for number in numbers if number]
            return {"labels": labels} if labels else {"quantity": len(lines)}
        units = sum(
            line.product_uom_id._compute_quantity(line.quantity, product.uom_id, round=False)
            for line in lines
        )
        return {"quantity": self.env["mrp.production"]._label_print_whole(units)}

    @api.model
    def _prepare_product_data(self, product):
        """Return the values of a product; extend for what own templates show."""
        data = {
            "product": product.with_context(display_default_code=False).display_name,
            "code": product.default_code or "",
            "barcode": product.barcode or "",
            "unit": product.uom_id.name,
        }
        if (product.barcode or "").isdecimal() and len(product.barcode) in (8, 12, 13, 14):
            data["gtin"] = product.barcode.zfill(14)
        return data
