import { onWillUnmount, useEffect, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { useService } from "@web/core/utils/hooks";

/** News of one moment come one after the other. */
const BURST_MS = 50;
const RELOAD_PAUSE_MS = 400;
const LATER_MS = 1500;

/**
 * The newest figures of the job a field belongs to: what was heard wins over what was
 * loaded, unless it was loaded later.
 *
 * @param {() => import("@web/model/relational_model/record").Record} getRecord
 */
export function useLiveJob(getRecord) {
    const { state } = useService("label_print_live");
    const live = useState(state);
    return {
        get(fieldName) {
            const { resId, data } = getRecord();
            const job = live.byId[resId];
            const isNewer =
                job && (job.isOld ? job.revision > data.revision : job.revision >= data.revision);
            return isNewer && fieldName in job ? job[fieldName] : data[fieldName];
        },
    };
}

/**
 * Calls back for each job, printer or service heard of, and when everything has to be read again.
 *
 * @param {{
 *     onJob?: (job: Object) => void,
 *     onPrinter?: (printer: Object) => void,
 *     onService?: () => void,
 *     onReload: () => void,
 * }} callbacks
 */
export function useLiveEvents({ onJob, onPrinter, onService, onReload }) {
    const { events } = useService("label_print_live");
    const listeners = {
        JOB: (event) => onJob?.(event.detail),
        PRINTER: (event) => onPrinter?.(event.detail),
        SERVICE: () => onService?.(),
        RELOAD: () => onReload(),
    };
    for (const [name, listener] of Object.entries(listeners)) {
        events.addEventListener(name, listener);
    }
    onWillUnmount(() => {
        for (const [name, listener] of Object.entries(listeners)) {
            events.removeEventListener(name, listener);
        }
    });
}

/**
 * Lets no toast tell the trouble of the record of a form: the form tells it, and the toast would
 * lie over its buttons.
 *
 * @param {import("@web/model/relational_model/relational_model").RelationalModel} model
 */
export function useNoToasts(model) {
    const toasts = useService("label_print_toasts");
    useEffect(
        (id) => toasts.lookAt(model.config.resModel, id),
        () => [model.root?.resId]
    );
}

/**
 * Lets toasts about trouble pass while a list tells it: one that stayed would lie over its rows.
 *
 * @param {string} resModel
 */
export function useNoStickyToasts(resModel) {
    const toasts = useService("label_print_toasts");
    useEffect(
        () => toasts.lookAtList(resModel),
        () => []
    );
}

/**
 * Returns a function that runs the callback a moment later, once however often it is
 * called until then, and with a pause after the last time: a first piece of news is seen at
 * once, and a stream of them neither asks too often nor puts it off for ever.
 *
 * @param {() => void} callback
 */
export function useSoon(callback) {
    let timer = null;
    let ranAt = 0;
    onWillUnmount(() => browser.clearTimeout(timer));
    return () => {
        const pause = Math.max(BURST_MS, ranAt + RELOAD_PAUSE_MS - Date.now());
        timer ??= browser.setTimeout(() => {
            timer = null;
            ranAt = Date.now();
            callback();
        }, Math.min(pause, RELOAD_PAUSE_MS));
    };
}

/**
 * Returns a function that runs the callback one to three seconds later, once however often it
 * is called until then, and not in the moment in which all other open pages do.
 *
 * @param {() => void} callback
 */
export function useLater(callback) {
    let timer = null;
    onWillUnmount(() => browser.clearTimeout(timer));
    return () => {
        timer ??= browser.setTimeout(() => {
            timer = null;
            callback();
        }, LATER_MS * (0.7 + 1.3 * Math.random()));
    };
}
