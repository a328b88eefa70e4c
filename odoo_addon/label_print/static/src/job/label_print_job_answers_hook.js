import { onWillStart, onWillUpdateProps, useComponent } from "@odoo/owl";
import { useService } from "@web/core/utils/hooks";
import { useLiveEvents, useSoon } from "../live/label_print_live_hook";

/**
 * What the print service tells of the job that a form shows: asked for another job anew, and
 * again whenever there is news of it. The form is there at once; the service may take its time.
 *
 * @param {{ onJob: () => void, onNews: () => void }} callbacks for another job, and for news
 * @returns {(method: string, values?: Object) => Promise<Object|null>} asks a method of the job;
 *     null when another job is shown by the time of the answer
 */
export function useJobAnswers({ onJob, onNews }) {
    const { props } = useComponent();
    const orm = useService("orm");
    let jobId = null;

    function begin({ record }) {
        jobId = record.resId;
        onJob();
    }

    const newsSoon = useSoon(onNews);
    useLiveEvents({
        onJob: (job) => job.id === jobId && newsSoon(),
        onReload: newsSoon,
    });
    onWillStart(() => begin(props));
    onWillUpdateProps((nextProps) => {
        if (nextProps.record.resId !== jobId) {
            begin(nextProps);
        }
    });
    return async (method, values = {}) => {
        const askedFor = jobId;
        const answer = await orm.silent.call("label.print.job", method, [[askedFor]], values);
        return askedFor === jobId ? answer : null;
    };
}
