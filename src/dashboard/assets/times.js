// Keeps "2 m ago" true while nothing else happens.

import { say } from "./dom.js";
import { ago, exactly } from "./words.js";

export function refreshTimes(root = document) {
  for (const target of root.querySelectorAll("[data-moment]")) {
    say(target, `${target.dataset.before ?? ""}${ago(target.dataset.moment)}`);
    const title = exactly(target.dataset.moment);
    if (target.title !== title) target.title = title;
  }
}
