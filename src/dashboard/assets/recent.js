// The table of jobs that have ended.

import { reprintJob, retryJob } from "./actions.js";
import { jobKey, needsAnswer, recentJobs } from "./board.js";
import { button, element, keyed, moment, say } from "./dom.js";
import { badge } from "./icons.js";
import { missing, titleOf } from "./jobs.js";
import { count, jobWord, typeWord } from "./words.js";

const ROWS_MAX = 50;

export function showRecentJobs() {
  const list = recentJobs().filter((job) => !needsAnswer(job)).slice(0, ROWS_MAX);
  keyed(document.getElementById("recent"), list, jobKey, makeRow);
  document.getElementById("recent-frame").hidden = list.length === 0;
  const empty = document.getElementById("recent-empty");
  empty.hidden = list.length > 0;
  say(empty, "No job has ended yet. Ended jobs stay here and in the history.");
}

function makeRow(first) {
  let current = first;
  const name = element("strong");
  const about = element("span", { class: "about" });
  const outcome = badge();
  const why = element("span", { class: "why" });
  const number = element("td", { class: "number" });
  const printer = element("td");
  const asked = element("td", { class: "optional" });
  const when = element("time");
  const retry = button("Retry", () => retryJob(current));
  const reprint = button("Reprint", () => reprintJob(current), "quiet");
  const root = element("tr", {}, element("td", {}, name, about), element("td", {}, outcome.root, why), number, printer,
    asked, element("td", { class: "when" }, when), element("td", { class: "action" }, retry, reprint));
  return {
    root,
    update(job) {
      current = job;
      say(name, titleOf(job));
      say(about, [typeWord(job.job_type), job.mo ? job.template : null].filter(Boolean).join(" · "));
      outcome.set(job.status, jobWord(job.status));
      say(why, whyWords(job));
      say(number, job.current_label === job.quantity ? count(job.quantity) : `${count(job.current_label)} of ${count(job.quantity)}`);
      say(printer, job.printer ?? "");
      say(asked, job.submitted_by ?? "");
      moment(when, job.updated_at);
      retry.hidden = missing(job) <= 0;
      reprint.hidden = !job.current_label;
      reprint.setAttribute("aria-label", `Reprint ${titleOf(job)}`);
      retry.setAttribute("aria-label", `Retry ${titleOf(job)}`);
    },
  };
}

function whyWords(job) {
  if (job.error_message) return [job.error_message, job.error_action].filter(Boolean).join(" ");
  if (job.status === "cancelled") return `Stopped after label ${count(job.stopped_after ?? 0)}.`;
  return job.reprint_reason ? `Labels ${job.reprint_labels}: ${job.reprint_reason}` : "";
}
