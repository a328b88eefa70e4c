import { Component, onWillUnmount, useState, xml } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { deserializeDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { serverNow } from "./label_print_clock";
import { useLiveJob } from "./label_print_live_hook";

const ASKED_STATUSES = ["sent", "queued", "printing"];
const JUST_NOW_SECONDS = 10;
/** By then a job the service is silent on was asked about twice. */
const SILENT_SECONDS = 300;

/** What is told of a job changes with the clock as well: looked at again each second. */
class LabelPrintPaceField extends Component {
    static template = xml`<span t-att-class="cssClass" t-out="text" />`;
    static props = { ...standardFieldProps };

    setup() {
        this.job = useLiveJob(() => this.props.record);
        this.clock = useState({ now: serverNow() });
        const timer = browser.setInterval(() => (this.clock.now = serverNow()), 1000);
        onWillUnmount(() => browser.clearInterval(timer));
    }

    /** Seconds since the service last told about the job; undefined when it never did. */
    get age() {
        let moment = this.job.get("reported_at");
        if (!moment) {
            return undefined;
        }
        // Heard on the bus it is text, loaded it is a date.
        moment = typeof moment === "string" ? deserializeDateTime(moment) : moment;
        return Math.max(0, this.clock.now - moment.toSeconds());
    }
}

/** How fresh the figures of a job are, while there is more to come. */
export class LabelPrintFreshnessField extends LabelPrintPaceField {
    get isSilent() {
        return this.age === undefined || this.age > SILENT_SECONDS;
    }

    get cssClass() {
        return `o_label_print_freshness ${this.isSilent ? "text-warning-emphasis" : "text-muted"}`;
    }

    get text() {
        if (!ASKED_STATUSES.includes(this.job.get("status"))) {
            return "";
        }
        if (this.isSilent) {
            return _t("waiting for updates");
        }
        if (this.age < JUST_NOW_SECONDS) {
            return _t("updated just now");
        }
        if (this.age < 60) {
            return _t("updated %s s ago", Math.floor(this.age));
        }
        return _t("updated %s m ago", Math.floor(this.age / 60));
    }
}

/** How long the printer still needs, counted down since the service said so. */
export class LabelPrintTimeLeftField extends LabelPrintPaceField {
    get cssClass() {
        return "o_label_print_time_left";
    }

    get text() {
        const told = this.job.get("eta_seconds");
        // What waits for a person takes as long as the person.
        const isWaiting = this.job.get("attention") || this.job.get("paused");
        if (!told || this.job.get("status") !== "printing" || isWaiting) {
            return "";
        }
        if (this.age === undefined || this.age > SILENT_SECONDS) {
            return "";
        }
        const left = Math.max(1, Math.round(told - this.age));
        return left < 100 ? _t("%s s left", left) : _t("%s m left", Math.round(left / 60));
    }
}

const FIELD_DEPENDENCIES = [
    { name: "revision", type: "integer" },
    { name: "status", type: "selection" },
    { name: "attention", type: "char" },
    { name: "paused", type: "boolean" },
    { name: "reported_at", type: "datetime" },
];

registry.category("fields").add("label_print_freshness", {
    component: LabelPrintFreshnessField,
    displayName: _t("Freshness of print progress"),
    supportedTypes: ["datetime"],
    fieldDependencies: FIELD_DEPENDENCIES,
});

registry.category("fields").add("label_print_time_left", {
    component: LabelPrintTimeLeftField,
    displayName: _t("Time left to print"),
    supportedTypes: ["integer"],
    fieldDependencies: FIELD_DEPENDENCIES,
});
