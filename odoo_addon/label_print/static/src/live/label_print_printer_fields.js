import { Component, onWillUnmount, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { deserializeDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { serverNow } from "./label_print_clock";

const TICK_MS = 5000;
const JUST_NOW_SECONDS = 60;

/** When a printer last answered: as loaded, or as the service said when it was asked since. */
export class LabelPrintLastSeenField extends Component {
    static template = "label_print.LastSeenField";
    static props = { ...standardFieldProps };

    setup() {
        this.live = useState(useService("label_print_live").state);
        this.clock = useState({ now: serverNow() });
        const timer = browser.setInterval(() => (this.clock.now = serverNow()), TICK_MS);
        onWillUnmount(() => browser.clearInterval(timer));
    }

    get text() {
        const { record, name } = this.props;
        const asked = this.live.seenAt[record.resId];
        const moments = [record.data[name], asked && deserializeDateTime(asked)].filter(Boolean);
        if (!moments.length) {
            return _t("never seen");
        }
        const age = this.clock.now - Math.max(...moments.map((moment) => moment.toSeconds()));
        if (age < JUST_NOW_SECONDS) {
            return _t("seen just now");
        }
        if (age < 3600) {
            return _t("seen %s m ago", Math.floor(age / 60));
        }
        return age < 172800
            ? _t("seen %s h ago", Math.floor(age / 3600))
            : _t("seen %s days ago", Math.floor(age / 86400));
    }
}

/** The job a printer is at: what it is for and how far it is, moving by itself. */
export class LabelPrintCurrentJobField extends Component {
    static template = "label_print.CurrentJobField";
    static props = { ...standardFieldProps };

    setup() {
        this.action = useService("action");
        this.live = useState(useService("label_print_live").state);
    }

    get value() {
        return this.props.record.data[this.props.name];
    }

    get figures() {
        const { data } = this.props.record;
        const heard = this.live.byId[this.value.id];
        return {
            printed: Math.max(heard?.current_label || 0, data.current_job_printed),
            quantity: heard?.quantity || data.current_job_quantity,
        };
    }

    get percent() {
        const { printed, quantity } = this.figures;
        return quantity ? Math.floor((printed * 1000) / quantity) / 10 : 0;
    }

    get barClass() {
        return this.props.record.data.fault_code ? "text-bg-warning" : "text-bg-primary";
    }

    get count() {
        return _t("%(printed)s of %(quantity)s", this.figures);
    }

    open() {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "label.print.job",
            res_id: this.value.id,
            views: [[false, "form"]],
        });
    }
}

registry.category("fields").add("label_print_last_seen", {
    component: LabelPrintLastSeenField,
    displayName: _t("Printer last seen"),
    supportedTypes: ["datetime"],
});

registry.category("fields").add("label_print_current_job", {
    component: LabelPrintCurrentJobField,
    displayName: _t("Job at the printer"),
    supportedTypes: ["many2one"],
    fieldDependencies: [
        { name: "current_job_printed", type: "integer" },
        { name: "current_job_quantity", type: "integer" },
        { name: "current_job_title", type: "char" },
        { name: "fault_code", type: "char" },
    ],
});
