import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("label_print_report_handler", {
    // For each step, on a machine that does other things as well.
    timeout: 60_000,
    steps: () => [
        {
            content: "The print menu of the order",
            trigger: ".o_cp_action_menus .dropdown-toggle:has(.fa-cog)",
            run: "click",
        },
        {
            content: "Its reports",
            trigger: ".o-dropdown-item:contains(Print), .o-dropdown--menu .dropdown-toggle:contains(Print)",
            run: "hover && click",
        },
        {
            content: "The labels in ZPL",
            trigger: ".o-dropdown-item:contains('Finished Product Label (ZPL)')",
            run: "click",
        },
        {
            content: "They are asked for, not downloaded",
            trigger: ".o_label_print_report_notification:contains(2 labels asked for on line-a)",
        },
        {
            content: "As when an order is done and prints by itself",
            trigger: ".o_form_view .o_field_widget[name=product_id]",
            async run() {
                const { action } = odoo.__WOWL_DEBUG__.root.env.services;
                const id = Number(window.location.pathname.split("/").pop());
                await action.doAction({
                    type: "ir.actions.client",
                    tag: "do_multi_print",
                    params: {
                        reports: [
                            {
                                type: "ir.actions.report",
                                report_type: "qweb-text",
                                report_name: "mrp.label_production_view",
                                name: "Labels",
                                context: { active_ids: [id] },
                            },
                        ],
                        anotherAction: { type: "ir.actions.act_window_close" },
                    },
                });
            },
        },
        {
            content: "The way to the job",
            trigger: ".o_label_print_report_notification button:contains(Open)",
            run: "click",
        },
        {
            content: "The job",
            trigger: ".o_form_view .o_field_widget[name=subject]",
        },
    ],
});
