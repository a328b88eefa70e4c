import { session } from "@web/session";

const loadedAt = Date.now() / 1000;

/** When the server made this page, in seconds: the clocks of people's computers may be wrong. */
export const pageStart = session.label_print_server_time || loadedAt;

/** The server's time, in seconds. */
export function serverNow() {
    return pageStart + Date.now() / 1000 - loadedAt;
}
