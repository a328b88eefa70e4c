import { registry } from "@web/core/registry";
import { utils } from "@web/core/ui/ui_service";
import { SearchModel } from "@web/search/search_model";
import { KanbanController } from "@web/views/kanban/kanban_controller";
import { KanbanRenderer } from "@web/views/kanban/kanban_renderer";
import { kanbanView } from "@web/views/kanban/kanban_view";
import { useLiveRows } from "../live/label_print_live_rows_hook";
import { LabelPrintOnboarding } from "./label_print_onboarding";

/** The board of jobs: cards walk from column to column by themselves. */
export class LabelPrintJobKanbanController extends KanbanController {
    setup() {
        super.setup();
        useLiveRows(this.model);
    }
}

export class LabelPrintJobKanbanRenderer extends KanbanRenderer {
    static components = { ...KanbanRenderer.components, ActionHelper: LabelPrintOnboarding };

    /** Columns without a card are no board: then the way to the first label is shown. */
    get showNoContentHelper() {
        const { model, isGrouped, groups } = this.props.list;
        if (isGrouped && !model.useSampleModel) {
            return this.props.noContentHelp && groups.every((group) => group.count === 0);
        }
        return super.showNoContentHelper;
    }
}

/** One column fills a telephone, and the first is often empty: there the newest jobs come first. */
export class LabelPrintJobSearchModel extends SearchModel {
    load(config) {
        return super.load(utils.isSmall() ? { ...config, defaultGroupBy: undefined } : config);
    }
}

registry.category("views").add("label_print_job_kanban", {
    ...kanbanView,
    Controller: LabelPrintJobKanbanController,
    Renderer: LabelPrintJobKanbanRenderer,
    SearchModel: LabelPrintJobSearchModel,
});
