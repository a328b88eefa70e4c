import { onWillStart } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { download } from "@web/core/network/download";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { ListController } from "@web/views/list/list_controller";
import { ListRenderer } from "@web/views/list/list_renderer";
import { listView } from "@web/views/list/list_view";
import { useLiveRows } from "../live/label_print_live_rows_hook";
import { LabelPrintOnboarding } from "./label_print_onboarding";

/** The list of jobs: it stays true without a reload by hand, and managers take it along as a file. */
export class LabelPrintJobListController extends ListController {
    setup() {
        super.setup();
        useLiveRows(this.model);
        onWillStart(async () => {
            this.mayExportHistory = await user.hasGroup("label_print.group_manager");
        });
    }

    /** Exports what is selected, else what the search asks for, even while it is being loaded. */
    onClickExportCsv() {
        return this.download("/label_print/jobs.csv");
    }

    /** One row for each label of the same jobs. */
    onClickExportLabels() {
        return this.download("/label_print/labels.csv");
    }

    async download(url) {
        const { root } = this.model;
        let domain = this.env.searchModel.domain;
        if (root.selection.length && !root.isDomainSelected) {
            domain = [["id", "in", await root.getResIds(true)]];
        }
        await download({ url, data: { domain: JSON.stringify(domain) } });
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
            items.exportLabelsCsv = {
                sequence: 12,
                icon: "fa fa-tags",
                description: _t("Export CSV of Labels"),
                callback: () => this.onClickExportLabels(),
            };
        }
        return items;
    }
}

export class LabelPrintJobListRenderer extends ListRenderer {
    static components = { ...ListRenderer.components, ActionHelper: LabelPrintOnboarding };
}

registry.category("views").add("label_print_job_list", {
    ...listView,
    Controller: LabelPrintJobListController,
    Renderer: LabelPrintJobListRenderer,
    buttonTemplate: "label_print.JobListButtons",
});
