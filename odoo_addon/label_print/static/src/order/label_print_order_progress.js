import { Component, onWillUnmount, reactive, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

const BURST_MS = 100;
const ASK_EVERY_MS = 1000;
const FIELDS = ["label_print_printed", "label_print_wanted", "label_print_needs_hand"];

/**
 * The label figures of the orders on the screen. News tell a job's figures, an order may have
 * several: those orders that had news are read again, all of them at once, at most once a second.
 */
export const labelPrintOrdersService = {
    dependencies: ["label_print_live", "orm"],

    start(env, { label_print_live: live, orm }) {
        const figures = reactive({ byId: {} });
        const shown = new Map();
        const stale = new Set();
        let timer = null;
        let askedAt = 0;

        async function ask() {
            timer = null;
            askedAt = Date.now();
            const ids = [...stale].filter((id) => shown.has(id));
            stale.clear();
            if (!ids.length) {
                return;
            }
            const rows = await orm.silent.read("mrp.production", ids, FIELDS).catch(() => []);
            for (const row of rows) {
                figures.byId[row.id] = row;
            }
        }

        function renew(ids) {
            ids.forEach((id) => stale.add(id));
            const pause = Math.max(BURST_MS, askedAt + ASK_EVERY_MS - Date.now());
            timer ??= browser.setTimeout(ask, Math.min(pause, ASK_EVERY_MS));
        }

        live.events.addEventListener("JOB", ({ detail: job }) => {
            if (shown.has(job.order_id)) {
                renew([job.order_id]);
            }
        });
        live.events.addEventListener("RELOAD", () => shown.size && renew([...shown.keys()]));

        return {
            figures,
            /** Counts a cell of that order in; the answer takes it out again. */
            show(id) {
                shown.set(id, (shown.get(id) || 0) + 1);
                return () => {
                    const left = shown.get(id) - 1;
                    if (left) {
                        shown.set(id, left);
                    } else {
                        shown.delete(id);
                        delete figures.byId[id];
                    }
                };
            },
        };
    },
};

registry.category("services").add("label_print_orders", labelPrintOrdersService);

/** How many of an order's labels are printed. */
export class LabelPrintOrderProgressField extends Component {
    static template = "label_print.OrderProgressField";
    static props = { ...standardFieldProps };

    setup() {
        const orders = useService("label_print_orders");
        this.figures = useState(orders.figures);
        const hide = orders.show(this.props.record.resId);
        onWillUnmount(hide);
    }

    get row() {
        return this.figures.byId[this.props.record.resId] || this.props.record.data;
    }

    get printed() {
        return this.row.label_print_printed;
    }

    get wanted() {
        return this.row.label_print_wanted;
    }

    get percent() {
        return this.wanted ? Math.floor((this.printed * 1000) / this.wanted) / 10 : 0;
    }

    get barClass() {
        if (this.row.label_print_needs_hand) {
            return "text-bg-warning";
        }
        return this.printed === this.wanted ? "text-bg-success" : "text-bg-primary";
    }

    get text() {
        return _t("%(printed)s of %(quantity)s", { printed: this.printed, quantity: this.wanted });
    }
}

registry.category("fields").add("label_print_order_progress", {
    component: LabelPrintOrderProgressField,
    displayName: _t("Labels of the order"),
    supportedTypes: ["integer"],
    fieldDependencies: [
        { name: "label_print_wanted", type: "integer" },
        { name: "label_print_needs_hand", type: "boolean" },
    ],
});
