from odoo import models

from .. import platen_client
from .label_print_job import DEFAULT_PRIORITY


class LabelPrintJob(models.Model):
    """What the service is given to print, read after the commit."""

    # One file for each responsibility.
    _inherit = "label.print.job"  # pylint: disable=consider-merging-classes-inherited

    def _prepare_service_job(self):
        """Return the job as the service takes it.

        :raises platen_client.PlatenRefused: for what the service would refuse anyway
        """
        self.ensure_one()
        labels = self._prepare_labels()
        body = {
            "uuid": self.uuid,
            "template": self.template,
            "printer": self._printer_name(),
            "job_type": self.job_type,
            "priority": DEFAULT_PRIORITY,
            "submitted_by": self.submitted_by.name or "",
            "mo": {"id": self.mo_id.id, "name": self.mo_id.name},
            "data": self._prepare_data(),
            "expires_at": None,
        }
        if labels:
            body["labels"] = labels
        else:
            body["quantity"] = self.mo_id._label_print_quantity()
        return body

    def _prepare_labels(self):
        """Return the values of each label, or nothing where all labels are alike.

        A serial-tracked order has one label for each unit: with a serial as far as there
        are any, and without one for the others.
        """
        self.ensure_one()
        order = self.mo_id
        if order.product_tracking != "serial":
            return []
        quantity = order._label_print_quantity()
        labels = [{"serial": lot.name} for lot in order._label_print_serials()[:quantity]]
        return labels + [{}] * (quantity - len(labels))

    def _prepare_data(self):
        """Return the values all labels share: fields of the template."""
        self.ensure_one()
        # The label speaks the language of the person who asked for it.
        order = self.mo_id.with_context(lang=self.submitted_by.lang)
        product = order.product_id.with_context(display_default_code=False)
        data = {"product": product.display_name, "code": product.default_code or ""}
        if order.product_tracking == "lot" and order.lot_producing_ids:
            data["lot"] = order.lot_producing_ids[0].name
        return data

    def _printer_name(self):
        """Return the printer's name; a default may be named before it was ever seen."""
        self.ensure_one()
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
        return name
