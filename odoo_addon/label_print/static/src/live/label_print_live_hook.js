import { onWillUnmount, useEffect, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { useService } from "@web/core/utils/hooks";

const RELOAD_DELAY_MS = 400;

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
 * Calls back for each job or printer heard of, and when everything has to be read again.
 *
 * @param {{
 *     onJob?: (job: Object) => void,
 *     onPrinter?: (printer: Object) => void,
 *     onReload: () => void,
 * }} callbacks
 */
export function useLiveEvents({ onJob, onPrinter, onReload }) {
    const { events } = useService("label_print_live");
    const listeners = {
        JOB: (event) => onJob?.(event.detail),
        PRINTER: (event) => onPrinter?.(event.detail),
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
 * Lets no toast call for a hand at the record of a form: the form tells it, and the toast would
 * lie over its buttons.
 *
 * @param {import("@web/model/relational_model/relational_model").RelationalModel} model
 */
export function useNoCalls(model) {
    const toasts = useService("label_print_toasts");
    useEffect(
        (id) => toasts.lookAt(model.config.resModel, id),
        () => [model.root?.resId]
    );
}

/**
 * Returns a function that runs the callback a moment later, once however often it is
 * called until then: not put off for ever by a stream of news, as a debounce would be.
 *
 * @param {() => void} callback
 */
export function useSoon(callback) {
    let timer = null;
    onWillUnmount(() => browser.clearTimeout(timer));
    return () => {
        timer ??= browser.setTimeout(() => {
            timer = null;
            callback();
        }, RELOAD_DELAY_MS);
    };
}
