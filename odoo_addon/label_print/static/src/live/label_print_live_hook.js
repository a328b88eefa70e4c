import { onWillUnmount, useState } from "@odoo/owl";
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
            const isNewer = job && job.revision >= data.revision;
            return isNewer && fieldName in job ? job[fieldName] : data[fieldName];
        },
    };
}

/**
 * Calls back for each job heard of, and when everything has to be read again.
 *
 * @param {{ onJob: (job: Object) => void, onReload: () => void }} callbacks
 */
export function useLiveEvents({ onJob, onReload }) {
    const { events } = useService("label_print_live");
    const listener = (event) => onJob(event.detail);
    events.addEventListener("JOB", listener);
    events.addEventListener("RELOAD", onReload);
    onWillUnmount(() => {
        events.removeEventListener("JOB", listener);
        events.removeEventListener("RELOAD", onReload);
    });
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
