from odoo import models
from odoo.exceptions import AccessError, UserError

#: Who may press what; the server refuses everybody else.
STEERING_GROUPS = {
    "pause": "label_print.group_supervisor",
    "resume": "label_print.group_supervisor",
    "test": "label_print.group_user",
}


class PrinterConfiguration(models.Model):
    """The buttons of a printer."""

    # One file for each responsibility.
    _inherit = "printer.configuration"  # pylint: disable=consider-merging-classes-inherited

    def action_pause(self):
        """Begin nothing more on these printers; labels already in them still come out."""
        self._steer("pause")

    def action_resume(self):
        """Let these printers go on."""
        self._steer("resume")

    def action_print_test(self):
        """Print one test label on each of these printers."""
        self._check_may_steer("test")
        jobs = self.env["label.print.job"]
        for printer in self:
            jobs |= jobs._enqueue_test(printer)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "info",
                "message": self.env._(
                    "Test label asked for: %(printers)s.", printers=", ".join(self.mapped("name"))
                ),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _steer(self, verb):
        self._check_may_steer(verb)
        for printer in self:
            self.env["label.print.outbox"]._steer_printer(printer, verb)
        return True

    def _check_may_steer(self, wish):
        """Refuse who may not; ``wish`` is a key of :data:`STEERING_GROUPS`."""
        self.check_access("read")
        if not self.env.user.has_group(STEERING_GROUPS[wish]):
            raise AccessError(
                self.env._("Only a label printing supervisor may pause and resume printers.")
            )
        if any(not printer.active for printer in self):
            raise UserError(self.env._("An archived printer is not used."))
