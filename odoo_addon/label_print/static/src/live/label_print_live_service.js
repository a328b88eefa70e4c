import { reactive } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { pageStart } from "./label_print_clock";
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
 * loaded. The bus is a hint: after a gap the figures are forgotten and views read again.
 * `seenAt` holds when each printer last answered, as it was asked for.
 * On `events` views hear `JOB` (the figures of one job), `PRINTER` and `RELOAD`.
 */
export const labelPrintLiveService = {
    dependencies: ["bus_service", "notification", "action"],

    start(env, { bus_service: bus, notification, action }) {
        const state = reactive({ byId: {}, seenAt: {} });
        const events = new EventTarget();
        /** Toasts on the screen that call for a hand, by what they are about. */
        const calls = new Map();
        const printerRevisions = {};
        let hiddenSince = null;

        function onJob(job) {
            // Equal revisions: a change on Odoo's side of which the service knows nothing.
            if (state.byId[job.id]?.revision > job.revision) {
                return;
            }
            state.byId[job.id] = job;
            if (!job.attention) {
                endCall(`job ${job.id}`);
            }
            events.dispatchEvent(new CustomEvent("JOB", { detail: job }));
        }

        function onPrinter(printer) {
            if (printerRevisions[printer.id] > printer.revision) {
                return;
            }
            printerRevisions[printer.id] = printer.revision;
            if (!printer.fault_code) {
                endCall(`printer ${printer.id}`);
            }
            events.dispatchEvent(new CustomEvent("PRINTER", { detail: printer }));
        }

        /** A call for a hand goes when the hand was lent: what is left on the screen is true. */
        function endCall(topic) {
            calls.get(topic)?.();
            calls.delete(topic);
        }

        function reload() {
            state.byId = {};
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
            const { type, title, message, sticky, job_id, printer_id, sent_at } = toast;
            // A browser that comes to the bus anew hears again what was said before.
            if (sent_at < pageStart - NEWS_SECONDS || !(await claimToast(id))) {
                return;
            }
            const heard = state.byId[job_id];
            if (type === "warning" && heard && !heard.attention) {
                // Over while the tabs agreed which of them tells it.
                return;
            }
            const [model, recordId] = printer_id
                ? ["printer.configuration", printer_id]
                : ["label.print.job", job_id];
            const topic = `${printer_id ? "printer" : "job"} ${recordId}`;
            const buttons = [];
            let close = () => {};
            if (recordId) {
                endCall(topic);
                buttons.push({
                    name: _t("Open"),
                    primary: true,
                    onClick: () => {
                        close();
                        action.doAction({
                            type: "ir.actions.act_window",
                            res_model: model,
                            res_id: recordId,
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
            if (recordId && type === "warning") {
                calls.set(topic, close);
            }
        }

        forgetOldClaims();
        bus.subscribe("label_print_job", onJob);
        bus.subscribe("label_print_printer", onPrinter);
        bus.subscribe("label_print_notification", onNotification);
        bus.addEventListener("BUS:RECONNECT", reload);
        document.addEventListener("visibilitychange", onVisibilityChange);
        bus.addChannel(CHANNEL);
        return { state, events };
    },
};

registry.category("services").add("label_print_live", labelPrintLiveService);
