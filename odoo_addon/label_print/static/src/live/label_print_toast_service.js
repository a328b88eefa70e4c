import { _t } from "@web/core/l10n/translation";
import { browser } from "@web/core/browser/browser";
import { registry } from "@web/core/registry";

const PASSING_MS = 8000;
/** More would cover the page; the bell tells all of them. */
const STICKY_SHOWN = 3;

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

function modelOf({ printer_id }) {
    return printer_id ? "printer.configuration" : "label.print.job";
}

/**
 * Our toasts on the screen. One calls for a hand about each record, and none lies over the
 * menu of the bell: a toast is drawn above everything and would take the clicks. What the page
 * tells itself does not stay: a form its own trouble, a list that of its records.
 */
export const labelPrintToastService = {
    dependencies: ["notification", "action"],

    start(env, { notification, action }) {
        /** @type {Map<Object, () => void>} each toast on the screen, and what closes it */
        const shown = new Map();
        /** Records whose forms are on the screen: they tell themselves what is the matter. */
        const lookedAt = new Set();
        /** Models of which a list or a board is on the screen, and how many. */
        const listed = new Map();
        /** What came or was there while the bell's menu is open, to be shown after it. */
        let waiting = null;

        function show(toast) {
            const { type, title, message, job_id, printer_id } = toast;
            const [model, id] = [modelOf(toast), printer_id || job_id];
            const isSeen = isInBell(toast) && listed.get(model) && !document.hidden;
            const sticky = toast.sticky && !isSeen;
            endCall(model, id);
            if (isInBell(toast) && lookedAt.has(`${model} ${id}`) && !document.hidden) {
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
            const staying = [...shown.keys()].filter((one) => one.sticky && isInBell(one));
            staying.slice(0, -STICKY_SHOWN).forEach((one) => shown.get(one)());
        }

        /** Says that the form of a record is on the screen; the answer takes that back. */
        function lookAt(model, id) {
            const key = `${model} ${id}`;
            lookedAt.add(key);
            endToasts((toast) => isInBell(toast) && isAbout(toast, model, id));
            return () => lookedAt.delete(key);
        }

        /** Says that a list or board of these records is on the screen; the answer takes that back. */
        function lookAtList(model) {
            listed.set(model, (listed.get(model) || 0) + 1);
            // What stayed until now is seen there, and passes.
            const told = new Set(shown.keys());
            browser.setTimeout(
                () => endToasts((toast) => told.has(toast) && isInBell(toast) && modelOf(toast) === model),
                PASSING_MS
            );
            return () => listed.set(model, listed.get(model) - 1);
        }

        function endToasts(isOver) {
            for (const [toast, close] of [...shown]) {
                if (isOver(toast)) {
                    close();
                }
            }
        }

        /** A call goes when the hand was lent, or its record is looked at: what is left is true. */
        function endCall(model, id) {
            endToasts((toast) => isCall(toast) && isAbout(toast, model, id));
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

        return { show, endCall, lookAt, lookAtList, makeRoom, giveRoomBack };
    },
};

registry.category("services").add("label_print_toasts", labelPrintToastService);
