import { Component, onWillStart, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";
import { useLiveEvents, useSoon } from "../live/label_print_live_hook";

/**
 * What an empty list says: where nothing was ever printed, the three steps to the first label
 * with what is done of them; else the usual words, for then it is only the search that is empty.
 */
export class LabelPrintOnboarding extends Component {
    static template = "label_print.Onboarding";
    static props = {
        showRibbon: { type: Boolean, optional: true },
        noContentHelp: { type: String, optional: true },
    };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.state = useState({ setup: null });
        onWillStart(() => this.load());
        const loadSoon = useSoon(() => this.load());
        useLiveEvents({ onPrinter: () => loadSoon(), onReload: () => loadSoon() });
    }

    async load() {
        this.state.setup = await this.orm.silent.call(
            "label.print.attention",
            "get_onboarding",
            []
        );
    }

    get isBeginning() {
        const { setup } = this.state;
        return setup && !setup.has_job;
    }

    get steps() {
        const { is_connected, has_printer, printer_id, may_connect, may_test } = this.state.setup;
        return [
            {
                name: "connect",
                title: _t("Connect"),
                text: _t("Enter the address and the key of the print service, and test it."),
                isDone: is_connected,
                button: may_connect && _t("Open settings"),
                otherwise: _t("An administrator does this in Settings → Manufacturing."),
                onClick: () => this.openSettings(),
            },
            {
                name: "printer",
                title: _t("Add a printer"),
                text: _t("Printers are named in the print service and appear here by themselves."),
                isDone: has_printer,
                button: is_connected && may_connect && _t("Test connection"),
                otherwise: is_connected
                    ? _t("Test connection in the settings brings them in.")
                    : "",
                onClick: () => this.openSettings(),
            },
            {
                name: "first_label",
                title: _t("First label"),
                text: _t(
                    "Print a test label; then split an order, or choose Print labels in its actions."
                ),
                isDone: false,
                button: has_printer && may_test && _t("Print a test label"),
                otherwise: "",
                onClick: () => this.printTest(printer_id),
            },
        ];
    }

    openSettings() {
        return this.action.doAction("mrp.action_mrp_configuration");
    }

    async printTest(printerId) {
        const action = await this.orm.call("printer.configuration", "action_print_test", [
            [printerId],
        ]);
        await this.action.doAction(action);
    }
}
