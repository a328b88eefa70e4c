import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";

const PASSING_MS = 8000;

/** A call for a hand; it stays until the hand was lent. */
function isCall({ type, job_id, printer_id }) {
    return type === "warning" && Boolean(job_id || printer_id);
}

/** What the bell tells as well: calls, and jobs that failed. */
function isInBell(toast) {
    return isCall(toast) || (toast.type === "danger" && Boolean(toast.job_id));
}

function isAbout({ job_id, printer_id }, model, id) {
    return model === "printer.configuration" ? printer_id === id : !printer_id && job_id === id;
}

/**
 * Our toasts on the screen. One calls for a hand about each record, and none lies over the
 * menu of the bell: a toast is drawn above everything and would take the clicks.
 */
export const labelPrintToastService = {
    dependencies: ["notification", "action"],

    start(env, { notification, action }) {
        /** @type {Map<Object, () => void>} each toast on the screen, and what closes it */
        const shown = new Map();
        /** Records whose forms are on the screen: they tell themselves what is the matter. */
        const lookedAt = new Set();
        /** What came or was there while the bell's menu is open, to be shown after it. */
        let waiting = null;

        function show(toast) {
            const { type, title, message, sticky, job_id, printer_id } = toast;
            const [model, id] = printer_id
                ? ["printer.configuration", printer_id]
                : ["label.print.job", job_id];
            endCall(model, id);
            if (isCall(toast) && lookedAt.has(`${model} ${id}`) && !document.hidden) {
                return;
            }
            if (waiting) {
                hold(toast);
                return;
            }
            const open = () => {
                shown.get(toast)?.();
                action.doAction({
                    type: "ir.actions.act_window",
                    res_model: model,
                    res_id: id,
                    views: [[false, "form"]],
                });
            };
            const close = notification.add(message, {
                type,
                title,
                sticky,
                buttons: id ? [{ name: _t("Open"), primary: true, onClick: open }] : [],
                autocloseDelay: PASSING_MS,
                className: "o_label_print_notification",
                onClose: () => shown.delete(toast),
            });
            shown.set(toast, close);
        }

        /** Says that the form of a record is on the screen; the answer takes that back. */
        function lookAt(model, id) {
            const key = `${model} ${id}`;
            lookedAt.add(key);
            endCall(model, id);
            return () => lookedAt.delete(key);
        }

        /** A call goes when the hand was lent, or its record is looked at: what is left is true. */
        function endCall(model, id) {
            for (const [toast, close] of [...shown]) {
                if (isCall(toast) && isAbout(toast, model, id)) {
                    close();
                }
            }
        }

        /** Keeps for later what the bell does not tell. */
        function hold(toast) {
            if (!isInBell(toast)) {
                waiting.push(toast);
            }
        }

        function makeRoom() {
            waiting ??= [];
            for (const [toast, close] of [...shown]) {
                close();
                hold(toast);
            }
        }

        function giveRoomBack() {
            const held = waiting || [];
            waiting = null;
            held.forEach(show);
        }

        return { show, endCall, lookAt, makeRoom, giveRoomBack };
    },
};

registry.category("services").add("label_print_toasts", labelPrintToastService);
