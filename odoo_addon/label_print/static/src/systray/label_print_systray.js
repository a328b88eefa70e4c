import { Component, onWillStart, onWillUnmount, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { Dropdown } from "@web/core/dropdown/dropdown";
import { useDropdownState } from "@web/core/dropdown/dropdown_hooks";
import { deserializeDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { useService } from "@web/core/utils/hooks";
import { useLiveEvents, useSoon } from "../live/label_print_live_hook";

const FAILED = ["failed", "completed_with_errors"];
/** As the server has it; `fault_code` may be set beside them. */
const TROUBLED = ["faulted", "silent", "offline"];
/** Services are heard of twice a minute; silence is only found out by waiting. */
const LOOK_EVERY_MS = 30_000;
const SILENT_MS = 100_000;

/** What needs a hand at the printers, beside the other bells: a number, and a list that leads there. */
export class LabelPrintSystray extends Component {
    static template = "label_print.Systray";
    static components = { Dropdown };
    static props = [];

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        const toasts = useService("label_print_toasts");
        this.dropdown = useDropdownState({
            onOpen: () => toasts.makeRoom(),
            onClose: () => toasts.giveRoomBack(),
        });
        this.state = useState({ isVisible: false, count: 0, jobs: [], printers: [], services: [] });
        this.serviceHeardAt = null;
        /** What was last heard of each printer's trouble; a printer that is well has none. */
        this.troubles = new Map();
        this.loads = 0;
        const loadSoon = useSoon(() => this.load());
        useLiveEvents({
            onJob: ({ id, attention, status }) => {
                // Counting labels changes nothing here.
                const isListed = this.state.jobs.some((job) => job.id === id);
                if (Boolean(attention) || isListed || FAILED.includes(status)) {
                    loadSoon();
                }
            },
            // A printer at work has news each second, and every open page would ask.
            onPrinter: (printer) => this.isOtherTrouble(printer) && loadSoon(),
            onService: () => {
                this.serviceHeardAt = Date.now();
                if (this.state.services.length) {
                    loadSoon();
                }
            },
            onReload: () => {
                this.troubles.clear();
                loadSoon();
            },
        });
        const timer = browser.setInterval(() => {
            if (this.serviceHeardAt && Date.now() - this.serviceHeardAt > SILENT_MS) {
                // Once: what is silent stays so until it is heard again.
                this.serviceHeardAt = null;
                loadSoon();
            }
        }, LOOK_EVERY_MS);
        onWillUnmount(() => browser.clearInterval(timer));
        onWillStart(async () => {
            this.state.isVisible = await user.hasGroup("label_print.group_user");
            // The page is not kept waiting.
            this.load();
        });
    }

    async load() {
        if (!this.state.isVisible) {
            return;
        }
        this.loads++;
        try {
            const items = await this.orm.silent.call("label.print.attention", "get_items", []);
            Object.assign(this.state, items);
        } catch {
            // The next news asks again; an error here would only be in the way.
            this.troubles.clear();
        } finally {
            this.loads--;
        }
    }

    /** Tells whether news of a printer change what stands here. */
    isOtherTrouble({ id, status, fault_code }) {
        const trouble = fault_code || TROUBLED.includes(status) ? `${status} ${fault_code}` : "";
        const isListed = this.state.printers.some((printer) => printer.id === id);
        const heard = this.troubles.get(id);
        const before = isListed ? heard || null : heard ?? "";
        this.troubles.set(id, trouble);
        // What is on its way may be older than the news.
        return trouble !== before || this.loads > 0;
    }

    get items() {
        const since = (text) => (text ? deserializeDateTime(text).toRelative() : "");
        return [
            ...this.state.services.map((service) => ({
                ...service,
                key: `service-${service.id}`,
                icon: "fa-server",
                color: "text-danger",
                title: service.name,
                since: since(service.since),
                open: () => this.open("label.print.agent", service.id),
            })),
            ...this.state.printers.map((printer) => ({
                ...printer,
                key: `printer-${printer.id}`,
                icon: "fa-print",
                color: "text-warning",
                title: printer.name,
                since: since(printer.since),
                open: () => this.open("printer.configuration", printer.id),
            })),
            ...this.state.jobs.map((job) => ({
                ...job,
                key: `job-${job.id}`,
                icon: job.is_failed ? "fa-times-circle" : "fa-tags",
                color: job.is_failed ? "text-danger" : "text-warning",
                title: job.name,
                since: since(job.since),
                open: () => this.open("label.print.job", job.id),
            })),
        ];
    }

    get hint() {
        return this.state.count
            ? _t("Labels: %s need a hand", this.state.count)
            : _t("Labels: nothing needs a hand");
    }

    open(model, id) {
        this.dropdown.close();
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: model,
            res_id: id,
            views: [[false, "form"]],
        });
    }

    openPrinters() {
        this.dropdown.close();
        return this.action.doAction("label_print.printer_configuration_action");
    }

    openJobs() {
        this.dropdown.close();
        return this.action.doAction("label_print.label_print_job_action", {
            additionalContext: {
                search_default_needs_attention: 1,
                search_default_failed: 1,
                search_default_today: 0,
            },
        });
    }
}

registry
    .category("systray")
    .add("label_print.Systray", { Component: LabelPrintSystray }, { sequence: 22 });
