import { registry } from "@web/core/registry";
import {
    PAPER_OUT,
    PATIENCE_MS,
    otherUuid,
    report,
    reportPrinter,
    slowDown,
    whenListening,
} from "./label_print_stage";

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

/** How often the list of the bell was asked for. */
function countQuestions() {
    const questions = { asked: 0 };
    const open = XMLHttpRequest.prototype.open;
    XMLHttpRequest.prototype.open = function (method, url, ...rest) {
        questions.asked += url.includes("get_items") ? 1 : 0;
        return open.call(this, method, url, ...rest);
    };
    return questions;
}

let questions;

registry.category("web_tour.tours").add("label_print_bell_asks_for_trouble_only", {
    timeout: PATIENCE_MS,
    steps: () => [
        {
            trigger: ".o_label_print_systray",
            async run() {
                await whenListening();
                questions = countQuestions();
                for (let revision = 2; revision < 12; revision++) {
                    await reportPrinter(revision, { status: "printing", odometer: 1000 + revision });
                }
                await reportPrinter(12, { status: "faulted", fault: PAPER_OUT });
                await reportPrinter(13, { status: "faulted", fault: PAPER_OUT });
            },
        },
        {
            trigger: ".o_label_print_systray:contains(1)",
            async run() {
                if (questions.asked !== 1) {
                    throw new Error(`asked ${questions.asked} times about a printer at work and one fault`);
                }
                await reportPrinter(14, { status: "idle" });
            },
        },
        {
            trigger: ".o_label_print_systray:not(:contains(1))",
        },
    ],
});

registry.category("web_tour.tours").add("label_print_list_lets_toasts_pass", {
    timeout: PATIENCE_MS,
    steps: () => [
        {
            trigger: ".o_data_row:contains(In the Queue)",
            async run() {
                await whenListening();
                await report(2, "failed", 0, { error_message: "The labels were given up." });
            },
        },
        {
            content: "Told once, and not over what the list is steered with",
            trigger: ".o_notification:contains(The labels were given up)",
            run() {
                const { top } = document.querySelector(".o_label_print_notification").getBoundingClientRect();
                const { bottom } = document.querySelector(".o_cp_pager").getBoundingClientRect();
                if (top < bottom) {
                    throw new Error(`the toast begins at ${top}, the pager ends at ${bottom}`);
                }
            },
        },
        {
            content: "The list tells it, so it does not stay",
            trigger: "body:not(:has(.o_label_print_notification)) .o_data_row:contains(Failed)",
        },
    ],
});
