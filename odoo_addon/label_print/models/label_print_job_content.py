from odoo import models

from .. import platen_client


class LabelPrintJob(models.Model):
    """What the service is given to print, read after the commit."""

    # One file for each responsibility.
    _inherit = "label.print.job"  # pylint: disable=consider-merging-classes-inherited

    def _prepare_service_job(self):
        """Return the job as the service takes it.

        :raises platen_client.PlatenRefused: for what the service would refuse anyway
        """
        self.ensure_one()
        body = {
            "uuid": self.uuid,
            **self._prepare_destination(),
            "job_type": self.job_type,
            "priority": self.priority,
            "submitted_by": self.submitted_by.name or "",
            "expires_at": None,
            **self._prepare_content(),
        }
        if self.mo_id:
            body["mo"] = {"id": self.mo_id.id, "name": self.mo_id.name}
        if self.copies > 1:
            body["copies"] = self.copies
        return body

    def _is_orphaned(self):
        """Tell that the order of the job is no longer made, so that its labels are not either."""
        self.ensure_one()
        if self.job_type == "report":
            # Odoo prints a cancelled order's report as well.
            return False
        return self.mo_id.state == "cancel" or not (self.mo_id or self.subject)

    def _prepare_content(self):
        """Return the part of the body that says what is on the labels."""
        self.ensure_one()
        if self.zpl:
            return {"zpl": self.zpl}
        labels = self._prepare_labels()
        content = {"template": self.template, "data": self._prepare_data()}
        if labels:
            content["labels"] = labels
        elif self.labels_per == "fixed":
            content["quantity"] = self.fixed_quantity
        elif self.labels_per in ("serial", "lot", "package"):
            raise platen_client.PlatenRefused(
                self.env._("The order has no serial number, lot or package to print."),
                "nothing_to_print",
                self.env._("Give it some, then press Retry."),
            )
        else:
            content["quantity"] = self.mo_id._label_print_quantity()
        return content

    @staticmethod
    def _count_body_labels(body):
        """Return how many labels a body asks for, 0 where only the service can tell."""
        labels = len(body.get("labels") or ()) or body.get("quantity") or 0
        return labels * body.get("copies", 1)

    def _prepare_labels(self):
        """Return the values of each label, or nothing where all labels are alike.

        A serial-tracked order has one label for each unit: with a serial as far as there
        are any, and without one for the others.
        """
        self.ensure_one()
        order = self.mo_id
        if self.labels_per == "fixed":
            return []
        if self.labels_per == "package":
            return [{"package": package.name} for package in order._label_print_packages()]
        field = "serial" if order.product_tracking == "serial" else "lot"
        numbers = order._label_print_sorted(self.lot_ids) or order._label_print_serials()
        if self.labels_per in ("serial", "lot"):
            return [{field: lot.name} for lot in numbers]
        if field != "serial":
            return []
        if self.lot_ids:
            # Of the numbers that were made, and of no others.
            return [{field: lot.name} for lot in numbers]
        quantity = order._label_print_quantity()
        labels = [{field: lot.name} for lot in numbers[:quantity]]
        return labels + [{}] * (quantity - len(labels))

    def _prepare_data(self):
        """Return the values all labels share: fields of the template."""
        self.ensure_one()
        # The label speaks the language of the person who asked for it.
        order = self.mo_id.with_context(lang=self.submitted_by.lang)
        product = order.product_id.with_context(display_default_code=False)
        data = {"product": product.display_name, "code": product.default_code or ""}
        lots = self.lot_ids or order.lot_producing_ids
        if order.product_tracking == "lot" and lots:
            data["lot"] = lots[0].name
        return data

    def _prepare_destination(self):
        """Return the printer's name or a pool; a default may be named before it was ever seen."""
        self.ensure_one()
        if not self.printer_id and self.pool_name:
            return {"pool": self.pool_name}
        name = self.printer_id.name or platen_client.setting(self.env, "default_printer")
        if not name:
            raise platen_client.PlatenRefused(
                self.env._("No printer is chosen."),
                "unknown_printer",
                self.env._(
                    "Choose a default printer in Settings → Manufacturing → Label printing, "
                    "then press Retry."
                ),
            )
        return {"printer": name}
