import { reactive } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { pageStart } from "./label_print_clock";
import { claimToast, forgetOldClaims } from "./label_print_toast_claim";

const CHANNEL = "label_print.jobs";
/** A toast that came while the page was being loaded is still news. */
const NEWS_SECONDS = 3;

/**
 * The one place that listens for print jobs.
 *
 * `byId` holds the newest figures heard of each job; cells show them in place of what was
 * loaded. The bus is a hint: after a gap the figures are forgotten and views read again.
 * On `events` views hear `JOB` (the figures of one job) and `RELOAD`.
 */
export const labelPrintLiveService = {
    dependencies: ["bus_service", "notification", "action"],

    start(env, { bus_service: bus, notification, action }) {
        const state = reactive({ byId: {} });
        const events = new EventTarget();

        function onJob(job) {
            // Equal revisions: a change on Odoo's side of which the service knows nothing.
            if (state.byId[job.id]?.revision > job.revision) {
                return;
            }
            state.byId[job.id] = job;
            events.dispatchEvent(new CustomEvent("JOB", { detail: job }));
        }

        async function onNotification(toast, { id }) {
            const { type, title, message, sticky, job_id, sent_at } = toast;
            // A browser that comes to the bus anew hears again what was said before.
            if (sent_at < pageStart - NEWS_SECONDS || !(await claimToast(id))) {
                return;
            }
            const buttons = [];
            let close = () => {};
            if (job_id) {
                buttons.push({
                    name: _t("Open"),
                    primary: true,
                    onClick: () => {
                        close();
                        action.doAction({
                            type: "ir.actions.act_window",
                            res_model: "label.print.job",
                            res_id: job_id,
                            views: [[false, "form"]],
                        });
                    },
                });
            }
            close = notification.add(message, {
                type,
                title,
                sticky,
                buttons,
                autocloseDelay: 8000,
                className: "o_label_print_notification",
            });
        }

        forgetOldClaims();
        bus.subscribe("label_print_job", onJob);
        bus.subscribe("label_print_notification", onNotification);
        bus.addEventListener("BUS:RECONNECT", () => {
            state.byId = {};
            events.dispatchEvent(new CustomEvent("RELOAD"));
        });
        bus.addChannel(CHANNEL);
        return { state, events };
    },
};

registry.category("services").add("label_print_live", labelPrintLiveService);
