import { Component, useState } from "@odoo/owl";
import { deserializeDateTime, formatDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";
import { useJobAnswers } from "./label_print_job_answers_hook";

/** Word of the service or of this side: what to say, the icon, the colour. */
const MOMENTS = {
    requested: [() => _t("Asked for"), "fa-tag", "secondary"],
    sent: [() => _t("Sent to the print service"), "fa-paper-plane-o", "secondary"],
    accepted: [() => _t("Accepted by the print service"), "fa-inbox", "info"],
    queued: [() => _t("Waits for the printer"), "fa-hourglass-o", "info"],
    printing: [(one) => _t("Printing begins on %s", one.printer), "fa-print", "primary"],
    printer_changed: [(one) => _t("Goes to %s", one.printer), "fa-exchange", "info"],
    attention: [(one) => one.message, "fa-hand-paper-o", "warning"],
    attention_over: [() => _t("Goes on"), "fa-play", "primary"],
    unconfirmed: [
        (one) => _t("Nobody can vouch for label %s", one.labels.join(", ")),
        "fa-question",
        "warning",
    ],
    settled: [() => _t("Doubtful labels settled"), "fa-check", "info"],
    paused: [() => _t("Paused by a person"), "fa-pause", "secondary"],
    resumed: [() => _t("Let go on"), "fa-play", "secondary"],
    cancelling: [() => _t("Being stopped"), "fa-stop", "secondary"],
    completed: [() => _t("Every label is printed"), "fa-check", "success"],
    completed_with_errors: [(one) => one.message || _t("Labels are missing"), "fa-times", "danger"],
    failed: [(one) => one.message || _t("Not printed"), "fa-times", "danger"],
    cancelled: [
        (one) => _t("Stopped after %(printed)s of %(quantity)s", {
            printed: one.current_label,
            quantity: one.quantity,
        }),
        "fa-ban",
        "secondary",
    ],
};
const COUNTED = ["attention", "attention_over", "unconfirmed", "paused", "completed", "failed"];

/** What happened to a job, in order, as the print service and this database tell it. */
export class LabelPrintTimelineWidget extends Component {
    static template = "label_print.Timeline";
    static props = { ...standardWidgetProps };

    setup() {
        this.state = useState({ moments: [], problem: "" });
        const load = () => this.load();
        this.ask = useJobAnswers({ onJob: load, onNews: load });
    }

    async load() {
        const story = await this.ask("get_timeline");
        if (story) {
            Object.assign(this.state, { moments: story.moments, problem: (!story.is_asked && story.problem) || "" });
        }
    }

    get rows() {
        return this.state.moments.map((one, index) => {
            const [text, icon, color] = MOMENTS[one.what] || [() => one.what, "fa-circle-o", "secondary"];
            const at = deserializeDateTime(one.at);
            const isCounted = COUNTED.includes(one.what) && one.current_label > 0;
            return {
                key: index,
                icon,
                color,
                text: text(one),
                action: one.action,
                time: formatDateTime(at, { format: "HH:mm:ss" }),
                day: at.toISODate(),
                date: formatDateTime(at),
                count: isCounted
                    ? _t("%(printed)s of %(quantity)s", {
                          printed: one.current_label,
                          quantity: one.quantity,
                      })
                    : "",
            };
        });
    }
}

registry.category("view_widgets").add("label_print_timeline", {
    component: LabelPrintTimelineWidget,
});
