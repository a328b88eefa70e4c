import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { useLiveJob } from "./label_print_live_hook";
import { inWords } from "./label_print_words";

/** Why a person is needed and what to do, on a card; it comes and goes by itself. */
export class LabelPrintAttentionField extends Component {
    static template = "label_print.AttentionField";
    static props = { ...standardFieldProps };

    setup() {
        this.job = useLiveJob(() => this.props.record);
    }

    get attention() {
        return inWords(this.job.get("attention"));
    }

    get action() {
        return inWords(this.job.get("attention_action"));
    }

    /** Of a job that ended badly: what went wrong. */
    get error() {
        const isBad = ["failed", "completed_with_errors"].includes(this.job.get("status"));
        return isBad && inWords(this.props.record.data.error_message);
    }
}

registry.category("fields").add("label_print_attention", {
    component: LabelPrintAttentionField,
    displayName: _t("Needs a hand"),
    supportedTypes: ["char"],
    fieldDependencies: [
        { name: "revision", type: "integer" },
        { name: "status", type: "selection" },
        { name: "attention_action", type: "char" },
        { name: "error_message", type: "char" },
    ],
});
