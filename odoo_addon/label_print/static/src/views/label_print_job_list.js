import { onWillStart } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { download } from "@web/core/network/download";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { ListController } from "@web/views/list/list_controller";
import { listView } from "@web/views/list/list_view";
import { useLiveEvents, useSoon } from "../live/label_print_live_hook";

const ENDED = ["completed", "completed_with_errors", "failed", "cancelled"];

/**
 * A list that stays true without a reload by hand. The cells move by themselves; rows are
 * read again when a job is new or has ended, for then it may belong into the list or not.
 */
export class LabelPrintJobListController extends ListController {
    setup() {
        super.setup();
        this.seenIds = new Set();
        this.reloadSoon = useSoon(() => this.reloadRows());
        useLiveEvents({
            onJob: (job) => {
                const isNew = !this.seenIds.has(job.id) && !this.shownIds.includes(job.id);
                this.seenIds.add(job.id);
                if (isNew || ENDED.includes(job.status)) {
                    this.reloadSoon();
                }
            },
            onReload: () => this.reloadSoon(),
        });
        onWillStart(async () => {
            this.mayExportHistory = await user.hasGroup("label_print.group_manager");
        });
    }

    get shownIds() {
        return (this.model.root.records || []).map((record) => record.resId);
    }

    /**
     * Reads the rows on screen again, by the means of the pager: into the list they belong to.
     * `model.load()` would not do: it drops a search that is under way, for what was asked before.
     */
    async reloadRows() {
        // A change of page or order that is under way comes first.
        await this.model.mutex.getUnlockedDef();
        const { root } = this.model;
        if (root.selection?.length) {
            // Reading again would drop what the user is about to act on.
            this.reloadSoon();
            return;
        }
        await root.load();
    }

    /** Exports what is selected, else what the search asks for, even while it is being loaded. */
    async onClickExportCsv() {
        const { root } = this.model;
        let domain = this.env.searchModel.domain;
        if (root.selection.length && !root.isDomainSelected) {
            domain = [["id", "in", await root.getResIds(true)]];
        }
        await download({ url: "/label_print/jobs.csv", data: { domain: JSON.stringify(domain) } });
    }

    getStaticActionMenuItems() {
        const items = super.getStaticActionMenuItems();
        if (this.mayExportHistory) {
            items.exportJobsCsv = {
                sequence: 11,
                icon: "fa fa-download",
                description: _t("Export CSV"),
                callback: () => this.onClickExportCsv(),
            };
        }
        return items;
    }
}

registry.category("views").add("label_print_job_list", {
    ...listView,
    Controller: LabelPrintJobListController,
    buttonTemplate: "label_print.JobListButtons",
});
