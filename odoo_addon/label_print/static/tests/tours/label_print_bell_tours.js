import { registry } from "@web/core/registry";
import { PAPER_OUT, PATIENCE_MS, otherUuid, report, slowDown, whenListening } from "./label_print_stage";

/** Remembers toasts that came while the menu of the bell was open. */
function watchMenu() {
    const seen = [];
    new MutationObserver(() => {
        const isOpen = document.querySelector(".o_label_print_systray_menu");
        const toast = document.querySelector(".o_label_print_notification:not(.o_notification_fade-leave)");
        if (isOpen && toast) {
            seen.push(toast.textContent);
        }
    }).observe(document.body, { childList: true, subtree: true });
    return seen;
}

let seen;

registry.category("web_tour.tours").add("label_print_bell_has_room", {
    timeout: PATIENCE_MS,
    steps: () => [
        {
            trigger: ".o_data_row:contains(In the Queue)",
            async run() {
                await whenListening();
                await report(2, "printing", 3, { attention: PAPER_OUT });
            },
        },
        {
            content: "A person is called",
            trigger: ".o_notification:contains(needs a hand):contains(Load a new roll)",
        },
        {
            trigger: ".o_label_print_systray",
            run: "click",
        },
        {
            content: "The menu tells it in place of the toast",
            trigger:
                "body:not(:has(.o_label_print_notification)) .o_label_print_systray_menu li:contains(Load a new roll)",
            async run() {
                seen = watchMenu();
                await report(2, "printing", 4, { uuid: otherUuid, attention: PAPER_OUT });
            },
        },
        {
            content: "What comes meanwhile goes to the menu",
            trigger: ".o_label_print_systray_menu:has(li:nth-of-type(2):contains(Load a new roll))",
            async run() {
                await report(3, "completed", 10);
            },
        },
        {
            trigger: ".o_label_print_systray_menu:not(:has(li:nth-of-type(2)))",
        },
        {
            trigger: ".o_label_print_systray",
            run: "click",
        },
        {
            content: "What the menu does not tell is told after it",
            trigger:
                "body:not(:has(.o_label_print_systray_menu)) .o_notification:contains(10 labels printed for)",
            run() {
                if (seen.length) {
                    throw new Error(`over the menu lay: ${seen}`);
                }
                if (document.querySelector(".o_notification_manager").textContent.includes("needs a hand")) {
                    throw new Error("what the menu told was told again");
                }
            },
        },
    ],
});

registry.category("web_tour.tours").add("label_print_gap", {
    timeout: PATIENCE_MS,
    steps: () => [
        {
            trigger: ".o_data_row .o_label_print_count:contains(0 of 10)",
            async run() {
                await whenListening();
                await report(2, "printing", 7);
            },
        },
        {
            trigger: ".o_data_row .o_label_print_count:contains(7 of 10)",
            async run() {
                slowDown("", 1500);
                seen = [];
                new MutationObserver(() => {
                    const { textContent } = document.querySelector(".o_label_print_count");
                    seen.push(textContent);
                }).observe(document.body, { childList: true, subtree: true, characterData: true });
                odoo.__WOWL_DEBUG__.root.env.services.bus_service.trigger("BUS:RECONNECT");
                await new Promise((resolve) => setTimeout(resolve, 1000));
                await report(3, "printing", 9);
            },
        },
        {
            content: "It never went back to what was loaded first",
            trigger: ".o_data_row .o_label_print_count:contains(9 of 10)",
            run() {
                if (seen.some((text) => text.includes("0 of 10"))) {
                    throw new Error(`shown were ${seen}`);
                }
            },
        },
    ],
});
