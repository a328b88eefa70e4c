// One card per printer.

import { pauseEverything, pausePrinter, resumePrinter } from "./actions.js";
import { activeJobs, allPrinters } from "./board.js";
import { button, element, keyed, moment, say } from "./dom.js";
import { badge } from "./icons.js";
import { count, printerWord } from "./words.js";

const everything = document.getElementById("pause-everything");
everything.addEventListener("click", () => pauseEverything(isEverythingPaused()));

function isEverythingPaused() {
  return allPrinters().some((printer) => printer.everything_paused);
}

export function showPrinters() {
  const list = allPrinters();
  say(everything, isEverythingPaused() ? "Resume everything" : "Pause everything");
  everything.hidden = list.length === 0;
  keyed(document.getElementById("printers"), list, (printer) => printer.name, makeCard);
  const empty = document.getElementById("printers-empty");
  empty.hidden = list.length > 0;
  say(empty, "No printers yet. Add one under [[printers]] in platen.toml, then restart the service.");
}

function makeCard(first) {
  let current = first;
  const name = element("h3");
  const status = badge();
  const message = element("p", { class: "what" });
  const advice = element("p", { class: "advice" });
  const queue = element("dd");
  const odometer = element("dd");
  const model = element("p", { class: "model" });
  const proves = element("p", { class: "model proves" });
  const seen = element("time", { "data-before": "seen " });
  const resume = button("Resume", () => resumePrinter(current));
  const pause = button("Pause", () => pausePrinter(current), "quiet");
  const root = element("article", { class: "card printer" },
    element("div", { class: "heading" }, name, status.root),
    message, advice,
    element("div", { class: "facts" },
      element("dl", {},
        element("div", {}, element("dt", {}, "Queue"), queue),
        element("div", {}, element("dt", {}, "Labels in its life"), odometer)),
      resume, pause),
    element("div", { class: "foot" }, proves, model, seen));
  return {
    root,
    update(printer) {
      current = printer;
      root.dataset.state = printer.status;
      say(name, printer.name);
      status.set(printer.status, printerWord(printer.status));
      say(message, printer.fault?.message);
      say(advice, printer.fault?.action);
      message.hidden = advice.hidden = !printer.fault;
      say(queue, queueWords(printer));
      say(odometer, printer.odometer === null || printer.odometer === undefined ? "not told" : count(printer.odometer));
      say(model, printer.model ?? "");
      say(proves, printer.proves?.sentence ?? "");
      root.title = [printer.address, printer.unique_id, printer.firmware].filter(Boolean).join(" · ");
      moment(seen, printer.last_seen_at);
      // A printer paused at its own button can only go on there.
      resume.hidden = !printer.paused || printer.everything_paused;
      pause.hidden = Boolean(printer.paused);
    },
  };
}

function queueWords(printer) {
  const waiting = printer.queue_length ?? activeJobs().filter((job) => job.printer === printer.name).length;
  if (!waiting) return "empty";
  return `${count(waiting)} ${waiting === 1 ? "job" : "jobs"}`;
}
