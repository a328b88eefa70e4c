import { rpc } from "@web/core/network/rpc";

// Read early: Odoo takes away what it does not know of the address.
const { searchParams } = new URL(window.location.href);
export const uuid = searchParams.get("label_print_uuid");
export const otherUuid = searchParams.get("label_print_other_uuid");
export const wanted = searchParams.get("label_print_wanted");

/** For each step, on a machine that does other things as well. */
export const PATIENCE_MS = 60_000;

export const PAPER_OUT = {
    code: "paper_out",
    message: "The printer is out of labels.",
    action: "Load a new roll.",
    since: "2026-01-31 09:27:00",
};

async function tell(told) {
    await rpc("/web/dataset/call_kw/label.print.job/service_report", {
        model: "label.print.job",
        method: "service_report",
        args: [[told]],
        kwargs: {},
    });
}

/** Speaks for the print service, of a job. */
export function report(revision, status, currentLabel, values = {}) {
    return tell({
        kind: "job",
        uuid,
        service_job_id: "service-job",
        revision,
        status,
        quantity: 10,
        current_label: currentLabel,
        printer: "line-a",
        unconfirmed: [],
        attention: false,
        updated_at: "2026-01-31 09:26:03",
        ...values,
    });
}

/** The same, of the printer. */
export function reportPrinter(revision, values = {}) {
    return tell({ kind: "printer", name: "line-a", revision, fault: false, ...values });
}

/** Waits until the socket listens: a step must not depend on who is faster. */
export async function whenListening() {
    const bus = odoo.__WOWL_DEBUG__.root.env.services.bus_service;
    for (let tries = 0; tries < 1000 && bus.workerState !== "CONNECTED"; tries++) {
        await new Promise((resolve) => setTimeout(resolve, 50));
    }
    await new Promise((resolve) => setTimeout(resolve, 500));
}

export const slowedDown = { exportedDomain: null };

/** Lets searches for this text take long, and catches exports. */
export function slowDown(text, milliseconds) {
    const send = XMLHttpRequest.prototype.send;
    XMLHttpRequest.prototype.send = function (body) {
        if (body instanceof FormData && body.has("domain")) {
            slowedDown.exportedDomain = body.get("domain");
        } else if (typeof body === "string" && /web_search_read/.test(body) && body.includes(text)) {
            setTimeout(() => send.call(this, body), milliseconds);
        } else {
            send.call(this, body);
        }
    };
}
