import { onWillUnmount, useState } from "@odoo/owl";
import { useService } from "@web/core/utils/hooks";

/**
 * The newest figures of the record of a field: heard ones win over loaded ones, unless
 * the record was read later than they were sent.
 *
 * @param {() => import("@web/model/relational_model/record").Record} getRecord
 */
export function useLiveJob(getRecord) {
    const { state } = useService("label_print_live");
    const live = useState(state);
    return {
        get(fieldName) {
            const record = getRecord();
            const job = live.byId[record.resId];
            return job && fieldName in job ? job[fieldName] : record.data[fieldName];
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
