import { registry } from "@web/core/registry";
import { useDebounced } from "@web/core/utils/timing";
import { FormController } from "@web/views/form/form_controller";
import { formView } from "@web/views/form/form_view";
import { useLiveEvents } from "../live/label_print_live_hook";

const RELOAD_DELAY_MS = 300;

/** The form of one job, read again when there is news of it: all of its fields are read-only. */
export class LabelPrintJobFormController extends FormController {
    setup() {
        super.setup();
        const reloadSoon = useDebounced(() => this.model.root.load(), RELOAD_DELAY_MS);
        useLiveEvents({
            onJob: (job) => {
                if (job.id === this.model.root.resId) {
                    reloadSoon();
                }
            },
            onReload: () => reloadSoon(),
        });
    }
}

registry.category("views").add("label_print_job_form", {
    ...formView,
    Controller: LabelPrintJobFormController,
});
