import { reactive } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { pageStart } from "./label_print_clock";
import { reconnectSoon } from "./label_print_reconnect";
import { claimToast, forgetOldClaims } from "./label_print_toast_claim";

const CHANNEL = "label_print.jobs";
/** A toast that came while the page was being loaded is still news. */
const NEWS_SECONDS = 3;
/** A tab that was away longer may have been put to sleep, and its timers with it. */
const AWAY_MS = 60_000;

/**
 * The one place that listens for print jobs.
 *
 * `byId` holds the newest figures heard of each job; cells show them in place of what was
 * loaded. The bus is a hint: after a gap views read again, and what they read wins.
 * `seenAt` holds when each printer last answered, as it was asked for.
 * On `events` views hear `JOB` (the figures of one job), `PRINTER`, `SERVICE` and `RELOAD`.
 */
export const labelPrintLiveService = {
    dependencies: ["bus_service", "label_print_toasts"],

    start(env, { bus_service: bus, label_print_toasts: toasts }) {
        const state = reactive({ byId: {}, seenAt: {} });
        const events = new EventTarget();
        const printerRevisions = {};
        let hiddenSince = null;

        function onJob(job) {
            // Equal revisions: a change on Odoo's side of which the service knows nothing.
            if (state.byId[job.id]?.revision > job.revision) {
                return;
            }
            state.byId[job.id] = job;
            if (!job.attention) {
                toasts.endCall("label.print.job", job.id);
            }
            events.dispatchEvent(new CustomEvent("JOB", { detail: job }));
        }

        function onPrinter(printer) {
            if (printerRevisions[printer.id] > printer.revision) {
                return;
            }
            printerRevisions[printer.id] = printer.revision;
            if (!printer.fault_code) {
                toasts.endCall("printer.configuration", printer.id);
            }
            events.dispatchEvent(new CustomEvent("PRINTER", { detail: printer }));
        }

        function reload() {
            // Shown until views have read again: what was loaded before it is older still.
            for (const job of Object.values(state.byId)) {
                job.isOld = true;
            }
            events.dispatchEvent(new CustomEvent("RELOAD"));
        }

        function onVisibilityChange() {
            if (document.hidden) {
                hiddenSince = Date.now();
            } else if (hiddenSince && Date.now() - hiddenSince > AWAY_MS) {
                reload();
            }
        }

        async function onNotification(toast, { id }) {
            const { type, job_id, sent_at } = toast;
            // A browser that comes to the bus anew hears again what was said before.
            if (sent_at < pageStart - NEWS_SECONDS || !(await claimToast(id))) {
                return;
            }
            const heard = state.byId[job_id];
            if (type === "warning" && heard && !heard.attention) {
                // Over while the tabs agreed which of them tells it.
                return;
            }
            toasts.show(toast);
        }

        forgetOldClaims();
        bus.subscribe("label_print_job", onJob);
        bus.subscribe("label_print_printer", onPrinter);
        bus.subscribe("label_print_service", () => events.dispatchEvent(new CustomEvent("SERVICE")));
        bus.subscribe("label_print_notification", onNotification);
        bus.addEventListener("BUS:RECONNECT", reload);
        reconnectSoon(bus);
        document.addEventListener("visibilitychange", onVisibilityChange);
        bus.addChannel(CHANNEL);
        return { state, events };
    },
};

registry.category("services").add("label_print_live", labelPrintLiveService);
