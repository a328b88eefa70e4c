import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/** A choice of few in a row of a list, made with one press; a second press takes it back. */
export class LabelPrintAnswerField extends Component {
    static template = "label_print.AnswerField";
    static props = { ...standardFieldProps };

    get options() {
        const { record, name } = this.props;
        return record.fields[name].selection.filter(([value]) => value);
    }

    get value() {
        return this.props.record.data[this.props.name];
    }

    choose(value) {
        const { record, name } = this.props;
        return record.update({ [name]: value === this.value ? false : value });
    }
}

registry.category("fields").add("label_print_answer", {
    component: LabelPrintAnswerField,
    displayName: _t("Answer"),
    supportedTypes: ["selection"],
});
