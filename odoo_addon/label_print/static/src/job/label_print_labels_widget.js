import { Component, useState } from "@odoo/owl";
import { deserializeDateTime, formatDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { Pager } from "@web/core/pager/pager";
import { registry } from "@web/core/registry";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";
import { useJobAnswers } from "./label_print_job_answers_hook";

const LABELS_PER_PAGE = 20;
const OUTCOMES = {
    pending: [_t("To Come"), "text-bg-light border"],
    sent: [_t("On Its Way"), "text-bg-info"],
    printed: [_t("Printed"), "text-bg-success"],
    unconfirmed: [_t("Unconfirmed"), "text-bg-warning"],
    failed: [_t("Not Printed"), "text-bg-danger"],
    cancelled: [_t("Withdrawn"), "text-bg-secondary"],
};
const EVIDENCES = {
    odometer: _t("counted by the printer"),
    verified: _t("counted and named by the printer"),
    buffer_drained: _t("the printer's memory was empty"),
    person: _t("a person looked"),
};

/**
 * The labels of a job, one by one, with a picture of the chosen one. They are kept by the print
 * service and read from it a page at a time, whenever there is news of the job.
 */
export class LabelPrintLabelsWidget extends Component {
    static template = "label_print.Labels";
    static components = { Pager };
    static props = { ...standardWidgetProps };

    setup() {
        this.limit = LABELS_PER_PAGE;
        this.state = useState({
            offset: 0,
            labels: [],
            quantity: 0,
            problem: "",
            isAsked: false,
            chosen: 1,
            pictured: 1,
            picture: "",
            pictureProblem: "",
            isPictureAsked: false,
        });
        this.ask = useJobAnswers({ onJob: () => this.begin(), onNews: () => this.renew() });
    }

    begin() {
        this.state.offset = 0;
        this.state.chosen = 1;
        this.load();
        this.loadPicture();
    }

    renew() {
        this.load();
        // A picture does not change; one that was asked for may be there by now.
        if (this.state.isPictureAsked) {
            this.loadPicture();
        }
    }

    async load() {
        const { offset } = this.state;
        const page = await this.ask("get_labels", { after: offset, limit: this.limit });
        if (!page || offset !== this.state.offset) {
            return;
        }
        this.state.isAsked = Boolean(page.is_asked);
        this.state.problem = page.is_asked ? "" : page.problem || "";
        if (!page.problem) {
            this.state.labels = page.labels;
            this.state.quantity = page.quantity;
        }
    }

    async loadPicture() {
        const { chosen } = this.state;
        const answer = await this.ask("get_label_picture", { label: chosen });
        if (answer && chosen === this.state.chosen) {
            this.state.picture = answer.png ? `data:image/png;base64,${answer.png}` : "";
            this.state.isPictureAsked = Boolean(answer.is_asked);
            this.state.pictureProblem = answer.problem || "";
            this.state.pictured = chosen;
        }
    }

    choose(label) {
        this.state.chosen = label;
        this.loadPicture();
    }

    onPageChange({ offset }) {
        this.state.offset = offset;
        return this.load();
    }

    /** Named only where it tells something: a pool, or a job that moved. */
    get hasOtherPrinter() {
        const own = this.props.record.data.printer_id?.display_name;
        return this.state.labels.some(({ printer }) => printer && printer !== own);
    }

    onClickTryAgain() {
        this.load();
        this.loadPicture();
    }

    outcomeText({ outcome }) {
        return OUTCOMES[outcome]?.[0] || outcome;
    }

    outcomeClass({ outcome }) {
        return OUTCOMES[outcome]?.[1] || "text-bg-light border";
    }

    evidenceText({ outcome, evidence, attempt, doubts }) {
        const words = [EVIDENCES[evidence] || ""];
        if (doubts && outcome !== "unconfirmed") {
            words.push(_t("was in doubt"));
        } else if (attempt > 1) {
            words.push(_t("attempt %s", attempt));
        }
        return words.filter(Boolean).join(", ");
    }

    time({ recorded_at }) {
        return recorded_at
            ? formatDateTime(deserializeDateTime(recorded_at), { format: "HH:mm:ss" })
            : "";
    }

    fullTime({ recorded_at }) {
        return recorded_at ? formatDateTime(deserializeDateTime(recorded_at)) : "";
    }
}

registry.category("view_widgets").add("label_print_labels", { component: LabelPrintLabelsWidget });
