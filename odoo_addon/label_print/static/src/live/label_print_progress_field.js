import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { useLiveJob } from "./label_print_live_hook";

/** How many labels came out of the printer: a bar and "150 of 200", moving by themselves. */
export class LabelPrintProgressField extends Component {
    static template = "label_print.ProgressField";
    static props = { ...standardFieldProps };

    setup() {
        this.job = useLiveJob(() => this.props.record);
    }

    get printed() {
        return this.job.get("current_label") || 0;
    }

    get quantity() {
        return this.job.get("quantity") || 0;
    }

    /** Rounded down: a full bar means every label. */
    get percent() {
        return this.quantity ? Math.floor((this.printed * 1000) / this.quantity) / 10 : 0;
    }

    get text() {
        return _t("%(printed)s of %(quantity)s", {
            printed: this.printed,
            quantity: this.quantity,
        });
    }

    get barClass() {
        switch (this.job.get("status")) {
            case "completed":
                return "text-bg-success";
            case "completed_with_errors":
            case "failed":
                return "text-bg-danger";
            case "cancelled":
                return "text-bg-secondary";
        }
        return this.job.get("attention") ? "text-bg-warning" : "text-bg-primary";
    }
}

registry.category("fields").add("label_print_progress", {
    component: LabelPrintProgressField,
    displayName: _t("Labels printed"),
    supportedTypes: ["integer"],
    fieldDependencies: [
        { name: "revision", type: "integer" },
        { name: "quantity", type: "integer" },
        { name: "status", type: "selection" },
        { name: "attention", type: "char" },
    ],
});
