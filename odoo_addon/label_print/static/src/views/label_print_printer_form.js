import { registry } from "@web/core/registry";
import { FormController } from "@web/views/form/form_controller";
import { formView } from "@web/views/form/form_view";
import { useLiveEvents, useNoToasts, useSoon } from "../live/label_print_live_hook";

/** The form of a printer, read again when there is news of it, unless somebody is editing it. */
export class LabelPrintPrinterFormController extends FormController {
    setup() {
        super.setup();
        useNoToasts(this.model);
        const reloadSoon = useSoon(async () => {
            const { root } = this.model;
            if (root && !(await root.isDirty())) {
                await root.load();
            }
        });
        useLiveEvents({
            onJob: (job) => {
                const { root } = this.model;
                const isHere = job.printer_id === root?.resId;
                const current = root?.data.current_job_id?.id;
                // The count of the job under way moves by itself.
                if (current === job.id ? job.status !== "printing" : isHere) {
                    reloadSoon();
                }
            },
            onPrinter: (printer) => printer.id === this.model.root?.resId && reloadSoon(),
            onReload: () => reloadSoon(),
        });
    }
}

registry.category("views").add("label_print_printer_form", {
    ...formView,
    Controller: LabelPrintPrinterFormController,
});
