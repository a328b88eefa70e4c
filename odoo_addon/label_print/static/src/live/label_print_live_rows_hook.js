import { useLater, useLiveEvents, useNoStickyToasts, useSoon } from "./label_print_live_hook";

const ENDED = ["completed", "completed_with_errors", "failed", "cancelled"];

/**
 * Keeps the rows of a list, or the cards of a board, true without a reload by hand. Cells move
 * by themselves; rows are read again when a job is new or has changed its group, and a little
 * later when it has ended, for then it may belong there or not.
 *
 * @param {import("@web/model/relational_model/relational_model").RelationalModel} model
 */
export function useLiveRows(model) {
    useNoStickyToasts(model.config.resModel);
    const seenIds = new Set();
    const reloadSoon = useSoon(() => reloadRows());
    // What ended shows so already, and jobs of one batch end together: they are asked for once.
    const reloadLater = useLater(() => reloadSoon());

    /**
     * Reads the rows on screen again, by the means of the pager: into the list they belong to.
     * `model.load()` would not do: it drops a search that is under way, for what was asked before.
     */
    async function reloadRows() {
        // A change of page or order that is under way comes first.
        await model.mutex.getUnlockedDef();
        const { root } = model;
        if (!root) {
            // Still on its way, with what the news tell.
            return;
        }
        if (root.selection?.length) {
            // Reading again would drop what the user is about to act on.
            reloadSoon();
            return;
        }
        // Else a board keeps columns that have emptied.
        delete root.config.currentGroups;
        await root.load();
    }

    useLiveEvents({
        onJob: (job) => {
            const shown = (model.root?.records || []).find((record) => record.resId === job.id);
            const isNew = !shown && !seenIds.has(job.id);
            const isElsewhere = model.root?.isGrouped && shown?.data.status !== job.status;
            seenIds.add(job.id);
            if (isNew || isElsewhere) {
                reloadSoon();
            } else if (ENDED.includes(job.status)) {
                reloadLater();
            }
        },
        onReload: () => reloadSoon(),
    });
}
