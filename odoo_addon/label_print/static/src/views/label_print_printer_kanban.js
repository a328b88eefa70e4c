import { onWillStart, onWillUnmount, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { KanbanController } from "@web/views/kanban/kanban_controller";
import { KanbanRenderer } from "@web/views/kanban/kanban_renderer";
import { kanbanView } from "@web/views/kanban/kanban_view";
import { useLiveEvents, useNoStickyToasts, useSoon } from "../live/label_print_live_hook";
import { LabelPrintOnboarding } from "./label_print_onboarding";

/** A printer without news is not reported: when it was last seen is asked while somebody looks. */
const ASK_EVERY_MS = 30_000;

/** The printer board: states, faults and queues move by themselves. */
export class LabelPrintPrinterKanbanController extends KanbanController {
    static template = "label_print.PrinterKanbanView";

    setup() {
        super.setup();
        useNoStickyToasts("printer.configuration");
        const orm = useService("orm");
        const { state } = useService("label_print_live");
        this.service = useState({ problem: "" });
        const reloadSoon = useSoon(async () => {
            await this.model.mutex.getUnlockedDef();
            await this.model.root?.load();
        });
        useLiveEvents({
            onJob: (job) => {
                const printer = (this.model.root?.records || []).find(
                    (record) => record.resId === job.printer_id
                );
                // The count of the job under way moves by itself.
                const current = printer?.data.current_job_id?.id;
                if (current !== job.id || job.status !== "printing") {
                    reloadSoon();
                }
            },
            onPrinter: () => reloadSoon(),
            onReload: () => reloadSoon(),
        });
        const ask = async () => {
            if (document.hidden) {
                return;
            }
            const { printers, problem } = await orm.silent.call("printer.configuration", "read_now", []);
            this.service.problem = problem || "";
            for (const printer of printers) {
                state.seenAt[printer.id] = printer.last_seen_at;
            }
        };
        const askQuietly = () => ask().catch(() => {});
        const timer = browser.setInterval(askQuietly, ASK_EVERY_MS);
        onWillStart(() => {
            askQuietly();
        });
        onWillUnmount(() => browser.clearInterval(timer));
    }
}

export class LabelPrintPrinterKanbanRenderer extends KanbanRenderer {
    static components = { ...KanbanRenderer.components, ActionHelper: LabelPrintOnboarding };
}

registry.category("views").add("label_print_printer_kanban", {
    ...kanbanView,
    Controller: LabelPrintPrinterKanbanController,
    Renderer: LabelPrintPrinterKanbanRenderer,
});
