import { browser } from "@web/core/browser/browser";

const ASK_EVERY_MS = 1000;
const LONGEST_PAUSE_MS = 60_000;

/**
 * Has a lost connection to the bus made anew within a second or two of Odoo's coming back.
 *
 * Odoo's own client waits longer after each try, soon for many seconds. Here a light question
 * tells when a try is worth it. Where Odoo answers and the socket still cannot be opened, as
 * behind a wrong proxy, the pauses grow as well.
 *
 * @param {Object} bus the bus service
 */
export function reconnectSoon(bus) {
    let timer = null;
    let tries = 0;

    function plan() {
        const pause = Math.min(ASK_EVERY_MS * 2 ** tries, LONGEST_PAUSE_MS);
        // Not all browsers of a plant in the same moment.
        timer = browser.setTimeout(ask, pause * (0.25 + Math.random()));
    }

    async function ask() {
        try {
            const answer = document.hidden || (await browser.fetch("/web/health", { cache: "no-store" }));
            if (answer.ok && timer !== null) {
                tries++;
                bus.start();
            }
        } catch {
            // Not there yet.
        }
        if (timer !== null) {
            plan();
        }
    }

    bus.addEventListener("BUS:RECONNECTING", () => {
        if (timer === null) {
            tries = 0;
            plan();
        }
    });
    bus.addEventListener("BUS:RECONNECT", () => {
        browser.clearTimeout(timer);
        timer = null;
    });
}
