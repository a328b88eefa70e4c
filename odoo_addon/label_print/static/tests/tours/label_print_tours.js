import { registry } from "@web/core/registry";
import { rpc } from "@web/core/network/rpc";
import {
    PAPER_OUT,
    PATIENCE_MS,
    report,
    slowDown,
    slowedDown,
    uuid,
    wanted,
    whenListening,
} from "./label_print_stage";

let order;

registry.category("web_tour.tours").add("label_print_list_moves", {
    timeout: PATIENCE_MS,
    steps: () => [
        {
            content: "The job waits in the queue",
            trigger: ".o_data_row .o_label_print_status:contains(In the Queue)",
            async run() {
                await whenListening();
                const row = document.querySelector(".o_data_row");
                row.dataset.sameRow = "yes";
                order = row.querySelector("[name=mo_id]").textContent;
                await report(2, "printing", 7);
            },
        },
        {
            content: "The cells of the same row have moved",
            trigger: ".o_data_row[data-same-row=yes] .o_label_print_count:contains(7 of 10)",
        },
        {
            trigger: ".o_data_row[data-same-row=yes] .o_label_print_status:contains(/^Printing$/)",
            async run() {
                await report(1, "queued", 3);
                await report(3, "printing", 8, { attention: PAPER_OUT });
            },
        },
        {
            content: "A person is called, in the row and by a warning that stays",
            trigger: ".o_data_row .o_label_print_attention:contains(out of labels)",
        },
        {
            trigger: ".o_notification:contains(needs a hand):contains(Load a new roll)",
            async run() {
                await report(4, "completed", 10);
            },
        },
        {
            content: "The end is told once",
            trigger: ".o_notification:contains(10 labels printed for)",
            run() {
                const toasts = [...document.querySelectorAll(".o_notification")].filter((toast) =>
                    toast.textContent.includes("labels printed for")
                );
                if (toasts.length !== 1) {
                    throw new Error(`${toasts.length} toasts for one job`);
                }
                if (!toasts[0].textContent.includes(order)) {
                    throw new Error("the toast does not name the order");
                }
            },
        },
        {
            content: "The call for a hand went when it was answered; the toast leads to the job",
            trigger: "body:not(:has(.o_notification:contains(needs a hand))) .o_notification:contains(10 labels printed for) button:contains(Open)",
            run: "click",
        },
        {
            trigger: ".o_form_view .o_statusbar_status .o_arrow_button_current:contains(Printed)",
        },
        {
            trigger: ".o_breadcrumb .o_back_button, .breadcrumb-item.o_back_button",
            run: "click",
        },
        {
            trigger: ".o_data_row .o_label_print_status:contains(/^Printed$/)",
        },
        {
            content: "A new job appears by itself",
            trigger: ".o_data_row .o_label_print_count:contains(10 of 10)",
            async run() {
                const [{ mo_id: mo }] = await rpc("/web/dataset/call_kw/label.print.job/read", {
                    model: "label.print.job",
                    method: "search_read",
                    args: [[["uuid", "=", uuid]], ["mo_id"]],
                    kwargs: {},
                }).catch(() => [{}]);
                await rpc("/web/dataset/call_kw/mrp.production/action_label_print", {
                    model: "mrp.production",
                    method: "action_label_print",
                    args: [[mo[0]]],
                    kwargs: {},
                });
            },
        },
        {
            trigger: ".o_list_view:has(.o_data_row:nth-of-type(2)) .o_data_row:contains(Waiting to be Sent)",
        },
    ],
});

registry.category("web_tour.tours").add("label_print_form_moves", {
    timeout: PATIENCE_MS,
    steps: () => [
        {
            trigger: ".o_form_view .o_label_print_count:contains(0 of 10)",
            async run() {
                await whenListening();
                await report(5, "printing", 6, {
                    attention: {
                        code: "head_open",
                        message: "The print head is open.",
                        action: "Close the head.",
                        since: "2026-01-31 09:27:00",
                    },
                });
            },
        },
        {
            trigger: ".o_form_view .alert-warning:contains(The print head is open.):contains(Close the head.)",
        },
        {
            trigger: ".o_form_view .o_label_print_count:contains(6 of 10)",
        },
        {
            trigger: ".o_form_view .o_label_print_freshness:contains(updated just now)",
            run() {
                if (document.querySelector(".o_label_print_notification")) {
                    throw new Error("a toast lies over the form that tells the same");
                }
                const { textContent } = document.querySelector(".o_label_print_time_left");
                if (textContent) {
                    throw new Error(`the printer waits for a person, but has ${textContent}`);
                }
            },
        },
        {
            trigger: ".o_form_view .o_label_print_freshness:contains(updated)",
            async run() {
                await report(6, "printing", 7, { eta_seconds: 42 });
            },
        },
        {
            content: "What is left counts down",
            trigger: ".o_form_view .o_label_print_time_left:contains(39 s left)",
        },
        {
            trigger: ".o_form_view .o_statusbar_status .o_arrow_button_current:contains(Printing)",
        },
    ],
});

registry.category("web_tour.tours").add("label_print_news_during_search", {
    timeout: PATIENCE_MS,
    steps: () => [
        {
            content: "Two jobs are shown",
            trigger: ".o_list_view:has(.o_data_row:nth-of-type(2)) .o_searchview_input",
            async run(helpers) {
                await whenListening();
                slowDown(wanted, 2000);
                await helpers.edit(wanted);
            },
        },
        {
            trigger: ".o_searchview_autocomplete .o-dropdown-item:first",
            run: "click",
        },
        {
            content: "While the search is under way, the other job ends",
            trigger: ".o_searchview .o_searchview_facet:contains(Order)",
            async run() {
                await report(2, "completed", 10);
                document.querySelector(".o_label_print_export").click();
            },
        },
        {
            trigger: ".o_notification:contains(10 labels printed for)",
            async run() {
                if (document.querySelectorAll(".o_data_row").length !== 2) {
                    throw new Error("the search was not slow");
                }
                if (!slowedDown.exportedDomain?.includes(wanted)) {
                    throw new Error(`exported was ${slowedDown.exportedDomain}`);
                }
                await new Promise((resolve) => setTimeout(resolve, 3000));
                const rows = [...document.querySelectorAll(".o_data_row td[name=mo_id]")];
                const shown = rows.map((row) => row.textContent);
                if (shown.join() !== wanted) {
                    throw new Error(`searched for ${wanted}, shown are ${shown}`);
                }
            },
        },
    ],
});

registry.category("web_tour.tours").add("label_print_new_window", {
    timeout: PATIENCE_MS,
    steps: () => [
        {
            trigger: ".o_list_view .o_data_row:contains(In the Queue)",
            async run() {
                await whenListening();
                await report(2, "completed", 10);
            },
        },
        {
            content: "What is new is told, and of what was before, nothing",
            trigger: ".o_notification:contains(10 labels printed for)",
            async run() {
                await new Promise((resolve) => setTimeout(resolve, 1000));
                const toasts = document.querySelectorAll(".o_label_print_notification");
                if (toasts.length !== 1) {
                    throw new Error(`${toasts.length} toasts for one job`);
                }
            },
        },
    ],
});

/** Lets the reading of a form take long. */
function slowForms(milliseconds) {
    const send = XMLHttpRequest.prototype.send;
    XMLHttpRequest.prototype.send = function (body) {
        if (typeof body === "string" && body.includes('"web_read"')) {
            setTimeout(() => send.call(this, body), milliseconds);
        } else {
            send.call(this, body);
        }
    };
}

registry.category("web_tour.tours").add("label_print_news_before_form", {
    timeout: PATIENCE_MS,
    steps: () => [
        {
            trigger: ".o_list_view .o_data_row td[name=mo_id]",
            async run(helpers) {
                await whenListening();
                slowForms(2000);
                await helpers.click();
                await new Promise((resolve) => setTimeout(resolve, 500));
                if (document.querySelector(".o_form_view")) {
                    throw new Error("the form was not slow");
                }
                await report(2, "printing", 7);
            },
        },
        {
            content: "The form takes the news, that came before it, for granted",
            trigger: ".o_form_view .o_label_print_count:contains(7 of 10)",
        },
    ],
});
