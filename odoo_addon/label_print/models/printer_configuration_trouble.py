from odoo import models

from .. import service_words

WELL_STATUSES = ("idle", "printing")


class PrinterConfiguration(models.Model):
    """What to say to somebody who is about to print on a printer that cannot."""

    # One file for each responsibility.
    _inherit = "printer.configuration"  # pylint: disable=consider-merging-classes-inherited

    def _trouble(self):
        """Return why nothing would come out now and what to do, or nothing."""
        if not self or self.status in (*WELL_STATUSES, "unknown"):
            return ""
        statuses = dict(self._fields["status"]._description_selection(self.env))
        told = self.fault_message or f"{self.name}: {statuses.get(self.status)}."
        return service_words.advice(self.env, told, self.fault_action)

    def _other_that_is_well(self):
        """Return a printer that would print, of the same pool where there is one."""
        self.ensure_one()
        others = self.search([("id", "!=", self.id), ("status", "in", WELL_STATUSES)])
        pools = self._pools()
        return (others.filtered(lambda other: pools & other._pools()) or others)[:1]

    def _pools(self):
        """Return the names of the printer's pools."""
        return {name.strip() for name in (self.pool_name or "").split(",") if name.strip()}

    def _with_trouble(self, message):
        """Return the parameters of a notification: what was asked for, and what is in its way."""
        trouble = self._trouble()
        if not trouble:
            return {"type": "info", "message": message}
        words = [message, trouble]
        other = self._other_that_is_well()
        if other:
            words.append(self.env._("%(printer)s would print now.", printer=other.name))
        return {"type": "warning", "message": " ".join(words)}
