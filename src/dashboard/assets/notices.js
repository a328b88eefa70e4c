// Short answers to what the reader did: errors with advice, and questions before something is done.

import { element } from "./dom.js";

const SHOWN_MS = 12_000;
const NOTICES_MAX = 4;

export function notice(text, advice = "", tone = "bad") {
  const area = document.getElementById("notices");
  const close = element("button", { type: "button", class: "quiet", "aria-label": "Close", click: () => root.remove() }, "✕");
  const root = element("div", { class: `notice ${tone}` },
    element("div", {}, element("strong", {}, text), advice ? element("span", {}, advice) : null), close);
  area.append(root);
  while (area.children.length > NOTICES_MAX) area.firstChild.remove();
  setTimeout(() => root.remove(), SHOWN_MS);
}

/** Runs work and tells the reader if it was refused. */
export async function trying(work, done = "") {
  try {
    await work();
    if (done) notice(done, "", "good");
  } catch (error) {
    notice(error.message || "That did not work.", error.action ?? "");
  }
}

/** Asks before doing; answers true for yes. Escape means no. */
export function confirmed(title, text, yes, isDangerous = false) {
  const dialog = document.getElementById("confirm-dialog");
  const yesButton = document.getElementById("confirm-yes");
  document.getElementById("confirm-title").textContent = title;
  document.getElementById("confirm-text").textContent = text;
  yesButton.textContent = yes;
  yesButton.classList.toggle("danger", isDangerous);
  return new Promise((resolve) => {
    dialog.returnValue = "";
    yesButton.onclick = () => dialog.close("yes");
    document.getElementById("confirm-no").onclick = () => dialog.close("");
    dialog.onclose = () => resolve(dialog.returnValue === "yes");
    dialog.showModal();
    document.getElementById("confirm-no").focus();
  });
}
