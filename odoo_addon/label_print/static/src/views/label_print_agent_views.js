import { registry } from "@web/core/registry";
import { FormController } from "@web/views/form/form_controller";
import { formView } from "@web/views/form/form_view";
import { ListController } from "@web/views/list/list_controller";
import { listView } from "@web/views/list/list_view";
import { useLiveEvents, useSoon } from "../live/label_print_live_hook";

/**
 * Keeps what the services have to do true: read again at each heartbeat, and when a job begins, ends or moves.
 *
 * @param {import("@web/model/relational_model/relational_model").RelationalModel} model
 */
function useLiveServices(model) {
    const statuses = new Map();
    const reloadSoon = useSoon(async () => {
        await model.mutex.getUnlockedDef();
        await model.root?.load();
    });
    useLiveEvents({
        onJob: ({ id, status, printer_id }) => {
            const state = `${status} ${printer_id}`;
            // Counting labels changes nothing that does not move by itself.
            if (statuses.get(id) !== state) {
                statuses.set(id, state);
                reloadSoon();
            }
        },
        onService: () => reloadSoon(),
        onReload: () => reloadSoon(),
    });
}

/** The instances of the print service, and what each has to do. */
export class LabelPrintAgentListController extends ListController {
    setup() {
        super.setup();
        useLiveServices(this.model);
    }
}

/** One instance with its printers. */
export class LabelPrintAgentFormController extends FormController {
    setup() {
        super.setup();
        useLiveServices(this.model);
    }
}

registry.category("views").add("label_print_agent_list", {
    ...listView,
    Controller: LabelPrintAgentListController,
});

registry.category("views").add("label_print_agent_form", {
    ...formView,
    Controller: LabelPrintAgentFormController,
});
