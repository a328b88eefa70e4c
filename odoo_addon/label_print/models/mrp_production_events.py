import logging

from psycopg2 import OperationalError

from odoo import api, models
from odoo.tools import str2bool

from .. import platen_client
from .label_print_rule import JOB_TYPES

_logger = logging.getLogger(__name__)


class MrpProduction(models.Model):
    """What happens to an order, and the labels that follow from it."""

    # One file for each responsibility.
    _inherit = "mrp.production"  # pylint: disable=consider-merging-classes-inherited

    def action_confirm(self):
        """Ask for the labels of the orders that this confirms."""
        # A merged order takes the state of its moves before it is confirmed.
        merged = self.env.context.get("label_print_merge")
        before = self if merged else self.filtered(lambda production: production.state == "draft")
        result = super().action_confirm()
        before.filtered(
            lambda production: production.state not in ("draft", "cancel")
        )._label_print_on("confirm")
        return result

    def action_merge(self):
        """Let the merged order have its labels; those of its sources are withdrawn."""
        return super(MrpProduction, self.with_context(label_print_merge=True)).action_merge()

    def button_mark_done(self):
        """Ask for the labels of the orders that this finishes.

        It may have opened a dialog instead, and it may have called itself.
        """
        before = self.filtered(lambda production: production.state != "done")
        result = super().button_mark_done()
        before.filtered(lambda production: production.state == "done")._label_print_on("done")
        return result

    @api.model_create_multi
    def create(self, vals_list):
        """Ask for the labels of the numbers an order is born with."""
        productions = super().create(vals_list)
        for production, values in zip(productions, vals_list, strict=True):
            if values.get("lot_producing_ids"):
                production._label_print_on_numbers({})
        return productions

    def write(self, vals):
        """Ask for the labels of numbers that were made for an order."""
        if "lot_producing_ids" not in vals:
            return super().write(vals)
        before = {production: production.lot_producing_ids for production in self}
        result = super().write(vals)
        self._label_print_on_numbers(before)
        return result

    def _label_print_on_numbers(self, before):
        """Print numbers which the orders got and which nothing bears yet.

        When they were made nobody knew for which order, so they are looked at when they
        are given to one. A number that is in stock has been made and labelled before.

        :param dict before: the numbers of each order until now
        """
        for production in self:
            lots = production.lot_producing_ids - before.get(production, self.env["stock.lot"])
            # sudo: who makes orders may not see every place of the stock
            fresh = lots.sudo().filtered(lambda lot: not lot.quant_ids).sudo(False)
            if fresh:
                production._label_print_on("lot_created", fresh)

    def _action_cancel(self):
        """Withdraw what was not sent yet of orders that are no longer made.

        What was sent already is cancelled at the service after the commit.
        """
        result = super()._action_cancel()
        # sudo: withdrawing is no right of the user, but follows from the cancellation
        jobs = self.env["label.print.job"].sudo()
        waiting = jobs.search([("mo_id", "in", self.ids), ("status", "=", "pending")])
        waiting._withdraw(self.env._("The manufacturing order was cancelled."))
        if self.env["label.print.outbox"]._orphans():
            self.env["label.print.outbox"]._wake()
        return result

    # ------------------------------------------------------------------

    def _label_print_on(self, event, lots=None):
        """Ask for the labels an event prints, by its rules or by the defaults.

        :param event: one of the events of rules
        :param lots: the numbers the event is about, for one order
        """
        if not self or self.env.context.get("label_print_skip"):
            return
        for company, productions in self.grouped("company_id").items():
            rules = self.env["label.print.rule"]._of_company(company)
            rules = rules.filtered(lambda rule: rule.event == event)
            if rules:
                productions._label_print_safely(
                    lambda productions=productions, rules=rules: productions._label_print_by_rules(
                        event, rules, lots
                    )
                )
            elif self._label_print_is_wanted(JOB_TYPES[event]):
                productions._label_print_safely(
                    lambda productions=productions: productions._label_print_by_default(event)
                )

    def _label_print_by_rules(self, event, rules, lots=None):
        lots = self.env["stock.lot"] if lots is None else lots
        asked = [
            (rule, production, lots) for production in self for rule in rules._choose(production)
        ]
        if event == "split":
            templates = {(production.id, rule.template_id) for rule, production, _lots in asked}
            self._label_print_withdraw_outdated(
                lambda job: (job.mo_id.id, job.rule_id.template_id) in templates
            )
        self.env["label.print.job"]._enqueue_by_rule(event, asked)

    def _label_print_by_default(self, event):
        if event == "split":
            self._label_print_withdraw_outdated(lambda job: True)
        self.env["label.print.job"]._enqueue(self, JOB_TYPES[event])

    def _label_print_withdraw_outdated(self, is_outdated):
        """Withdraw what waits under the names and for the quantities before the split."""
        # sudo: withdrawing is no right of the user, but follows from the split
        jobs = self.env["label.print.job"].sudo()
        waiting = jobs.search([("mo_id", "in", self.ids), ("status", "=", "pending")])
        outdated = waiting.filtered(is_outdated)
        outdated._withdraw(self.env._("Replaced: the order was split again."))

    @api.model
    def _label_print_is_wanted(self, job_type):
        """Decide whether an event without rules prints by itself.

        Only a split does: the remainder of a backorder has its labels already.
        """
        if job_type != "mo_split":
            return False
        return str2bool(platen_client.setting(self.env, "print_on_split") or "True", False)

    def _label_print_safely(self, ask):
        """Keep a failure of ours out of the user's work, and say that labels are missing."""
        try:
            with self.env.cr.savepoint():
                ask()
        except OperationalError:
            # Odoo runs the whole call again.
            raise
        except Exception:
            _logger.exception("No labels were asked for: orders %s", self.ids)
            self.env["label.print.job"]._send_toast(
                self.env.user,
                {
                    "type": "danger",
                    "title": self.env._("Labels not printed"),
                    "message": self.env._(
                        "Your work is done, but the labels could not be asked for. "
                        "Use Print labels on the orders."
                    ),
                    "sticky": True,
                    "job_id": False,
                },
            )
