import { registry } from "@web/core/registry";
import { FormController } from "@web/views/form/form_controller";
import { formView } from "@web/views/form/form_view";
import { useLiveEvents, useNoToasts, useSoon } from "../live/label_print_live_hook";

/** The form of one job, read again when there is news of it: all of its fields are read-only. */
export class LabelPrintJobFormController extends FormController {
    setup() {
        super.setup();
        useNoToasts(this.model);
        const reloadSoon = useSoon(() => this.model.root?.load());
        useLiveEvents({
            onJob: (job) => {
                // News may come before the form has loaded; it then loads what they tell.
                if (job.id === this.model.root?.resId) {
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
