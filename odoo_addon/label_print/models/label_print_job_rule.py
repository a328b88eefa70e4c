from odoo import api, fields, models

from .label_print_job import DEFAULT_PRIORITY
from .label_print_rule import JOB_TYPES, LABELS_PER


class LabelPrintJob(models.Model):
    """What a rule asked for."""

    # One file for each responsibility.
    _inherit = "label.print.job"  # pylint: disable=consider-merging-classes-inherited

    rule_id = fields.Many2one(
        "label.print.rule", readonly=True, index="btree_not_null", copy=False
    )
    rule_key = fields.Char(
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="Rule, event, order and labels: the same again asks for nothing.",
    )
    pool_name = fields.Char(string="Pool", readonly=True)
    labels_per = fields.Selection(LABELS_PER, string="One Label per", readonly=True)
    fixed_quantity = fields.Integer(readonly=True, aggregator=None)
    copies = fields.Integer(readonly=True, default=1, aggregator=None)
    priority = fields.Integer(readonly=True, default=DEFAULT_PRIORITY, aggregator=None)
    lot_ids = fields.Many2many(
        "stock.lot",
        "label_print_job_lot_rel",
        string="Lot or Serial Numbers",
        readonly=True,
        copy=False,
        help="The numbers that were made. Empty: those of the order.",
    )

    @api.model
    def _enqueue_by_rule(self, event, asked):
        """Write the jobs of rules, without those that were asked for already.

        Odoo may come by the same event twice: a backorder made by itself finishes its order
        in two rounds, and a call that met another one is run again. What is there already is
        looked for first; a unique index would cancel the user's work instead.

        :param asked: list of (rule, order, lots)
        """
        asked = self._without_printed_lots(event, asked)
        keys = [rule._job_key(production, lots) for rule, production, lots in asked]
        # sudo: jobs of orders somebody else worked on count as well
        known = set(
            self.sudo()
            .search([("rule_key", "in", keys), ("status", "!=", "cancelled")])
            .mapped("rule_key")
        )
        job_values = []
        for key, (rule, production, lots) in zip(keys, asked, strict=True):
            if key not in known:
                known.add(key)
                values = self._prepare_job_values(production, JOB_TYPES[event], rule)
                values.update(rule._prepare_job_values(production, lots))
                values["quantity"] = self._count_labels(production, values, lots)
                job_values.append(values)
        return self._enqueue_values(job_values)

    @api.model
    def _without_printed_lots(self, event, asked):
        """Leave out the numbers that a rule has printed, perhaps for another order."""
        if event != "lot_created":
            return asked
        rules = self.env["label.print.rule"].union(*(rule for rule, _order, _lots in asked))
        lots = self.env["stock.lot"].union(*(lots for _rule, _order, lots in asked))
        printed = {}
        # sudo: as in _enqueue_by_rule
        for job in self.sudo().search(
            [
                ("rule_id", "in", rules.ids),
                ("lot_ids", "in", lots.ids),
                ("status", "!=", "cancelled"),
            ]
        ):
            printed[job.rule_id.id] = printed.get(job.rule_id.id, lots.browse()) | job.lot_ids
        fresh = [
            (rule, production, lots - printed.get(rule.id, lots.browse()))
            for rule, production, lots in asked
        ]
        return [(rule, production, lots) for rule, production, lots in fresh if lots]

    @api.model
    def _count_labels(self, production, values, lots):
        """Return how many labels a job would have now; counted again when it is sent."""
        labels_per = values["labels_per"]
        if labels_per == "fixed":
            count = values["fixed_quantity"]
        elif labels_per in ("serial", "lot"):
            count = len(lots or production.lot_producing_ids)
        elif labels_per == "package":
            count = len(production._label_print_packages())
        else:
            count = production._label_print_quantity()
        return count * values["copies"]
