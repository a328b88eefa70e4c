import { browser } from "@web/core/browser/browser";
import { delay } from "@web/core/utils/concurrency";
import { session } from "@web/session";

const PREFIX = "label_print.toast.";
const KEPT_MS = 24 * 3600 * 1000;
/** What one tab wrote is read by the others by then. */
const SETTLED_AFTER_MS = 200;
/** The tab a person looks at goes first. */
const HEAD_START_MS = 800;

const tab = Math.random().toString(36).slice(2);
const storage = browser.localStorage;

/**
 * Answers whether this tab shows a toast: one tab of a browser does, and once.
 *
 * All tabs hear a message at the same moment. Each writes its name into the storage they
 * share, and the name that is there in the end wins; a later tab or a reloaded page finds
 * it there. Web locks would be exact, but exist under HTTPS only, and the main tab of
 * `multi_tab` may be one that nobody looks at.
 *
 * @param {number} id of the message on the bus
 */
export async function claimToast(id) {
    const key = `${PREFIX}${session.db}.${id}`;
    if (document.hidden) {
        await delay(HEAD_START_MS);
    }
    if (storage.getItem(key)) {
        return false;
    }
    try {
        storage.setItem(key, `${tab} ${Date.now()}`);
    } catch {
        // The storage is full: better a toast too many than none.
        return true;
    }
    await delay(SETTLED_AFTER_MS);
    return storage.getItem(key)?.startsWith(`${tab} `) ?? true;
}

/** Forgets claims of which the bus tells no more. */
export function forgetOldClaims() {
    for (const key of Object.keys(storage)) {
        if (key.startsWith(PREFIX)) {
            const at = Number(storage.getItem(key)?.split(" ")[1]);
            if (!(Date.now() - at < KEPT_MS)) {
                storage.removeItem(key);
            }
        }
    }
}
