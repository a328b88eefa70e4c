import { Component, onWillUnmount, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { serverNow } from "./label_print_clock";

const TICK_MS = 5000;
/** As the server has it: three heartbeats. */
const SILENT_SECONDS = 90;

/** Whether an instance of the print service lives, and when it last said so: found out by waiting. */
export class LabelPrintHeartbeatField extends Component {
    static template = "label_print.HeartbeatField";
    static props = { ...standardFieldProps };

    setup() {
        this.clock = useState({ now: serverNow() });
        const timer = browser.setInterval(() => (this.clock.now = serverNow()), TICK_MS);
        onWillUnmount(() => browser.clearInterval(timer));
    }

    /** Seconds since it was last heard of. */
    get age() {
        const { data } = this.props.record;
        const heard = data[this.props.name] || data.last_fetch_at;
        return heard ? Math.max(0, this.clock.now - heard.toSeconds()) : Infinity;
    }

    get state() {
        if (this.props.record.data.is_stopped) {
            return { text: _t("Stopped"), color: "text-bg-secondary" };
        }
        return this.age < SILENT_SECONDS
            ? { text: _t("Running"), color: "text-bg-success" }
            : { text: _t("No heartbeat"), color: "text-bg-danger" };
    }

    get text() {
        if (this.age === Infinity) {
            return "";
        }
        if (this.age < SILENT_SECONDS) {
            return _t("%s s ago", Math.floor(this.age));
        }
        return this.age < 5400
            ? _t("%s m ago", Math.floor(this.age / 60))
            : _t("%s h ago", Math.floor(this.age / 3600));
    }
}

registry.category("fields").add("label_print_heartbeat", {
    component: LabelPrintHeartbeatField,
    displayName: _t("Heartbeat of a print service"),
    supportedTypes: ["datetime"],
    fieldDependencies: [
        { name: "is_stopped", type: "boolean" },
        { name: "last_fetch_at", type: "datetime" },
    ],
});
