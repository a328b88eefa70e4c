import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { useLiveJob } from "./label_print_live_hook";
import { inWords } from "./label_print_words";

const BADGES = {
    pending: "text-bg-light border",
    sent: "text-bg-light border",
    queued: "text-bg-info",
    printing: "text-bg-primary",
    completed: "text-bg-success",
    completed_with_errors: "text-bg-danger",
    failed: "text-bg-danger",
    cancelled: "text-bg-secondary",
};

/** The state of a job as a badge that changes by itself, and a sign when a person is needed. */
export class LabelPrintStatusField extends Component {
    static template = "label_print.StatusField";
    static props = { ...standardFieldProps };

    setup() {
        this.job = useLiveJob(() => this.props.record);
    }

    get status() {
        return this.job.get("status");
    }

    get badgeClass() {
        return BADGES[this.status] || "text-bg-light";
    }

    get text() {
        const { selection } = this.props.record.fields[this.props.name];
        return (selection.find(([value]) => value === this.status) || ["", ""])[1];
    }

    get attention() {
        return inWords(this.job.get("attention"));
    }

    get isPaused() {
        return this.job.get("paused");
    }

    get advice() {
        return [this.attention, inWords(this.job.get("attention_action"))].filter(Boolean).join(" ");
    }
}

registry.category("fields").add("label_print_status", {
    component: LabelPrintStatusField,
    displayName: _t("Print status"),
    supportedTypes: ["selection"],
    fieldDependencies: [
        { name: "revision", type: "integer" },
        { name: "attention", type: "char" },
        { name: "paused", type: "boolean" },
        { name: "attention_action", type: "char" },
    ],
});
