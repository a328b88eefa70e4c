// The jobs under way, and those that wait for an answer about a label.

import { cancelJob, pauseJob, resolveLabels, resumeJob, retryJob } from "./actions.js";
import { activeJobs, isEnded, jobKey } from "./board.js";
import { button, element, keyed, moment, say } from "./dom.js";
import { badge } from "./icons.js";
import { count, jobWord, labels, left, typeWord } from "./words.js";

const ROWS_MAX = 8;
// Trouble that ends only when a person lets the job go on.
const RESUMABLE = new Set([
  "foreign_labels", "counter_contradiction", "verification_contradiction", "wrong_printer", "job_expired",
]);

export function showActiveJobs() {
  const list = activeJobs();
  keyed(document.getElementById("active"), list, jobKey, makeCard);
  const empty = document.getElementById("active-empty");
  empty.hidden = list.length > 0;
  say(empty, "Nothing to print. Split or confirm a manufacturing order in Odoo, and its labels appear here.");
}

export function titleOf(job) {
  return job.mo?.name ?? job.template ?? `${typeWord(job.job_type)} job`;
}

export function missing(job) {
  return job.quantity - job.current_label - (job.unconfirmed ?? []).length;
}

function remaining(job) {
  const unconfirmed = (job.unconfirmed ?? []).length;
  if (unconfirmed) return `${count(unconfirmed)} unconfirmed`;
  return job.status === "printing" && !job.attention && job.current_label < job.quantity ? left(job.eta_seconds) : "";
}

function makeCard(first) {
  let current = first;
  const name = element("h3");
  const status = badge();
  const about = element("p", { class: "about" });
  const bar = element("progress", { max: 100 });
  const done = element("strong");
  const all = element("span");
  const rest = element("span", { class: "left" });
  const trouble = element("p", { class: "trouble" });
  const questions = element("div", { class: "questions" });
  const changed = element("time", { "data-before": "updated " });
  const cancel = button("Cancel", () => cancelJob(current), "quiet");
  const pause = button("Pause", () => pauseJob(current), "quiet");
  const retry = button("Retry", () => retryJob(current));
  const resume = button("Resume", () => resumeJob(current));
  const root = element("article", { class: "card job" },
    element("div", { class: "heading" }, name, status.root), about,
    element("div", { class: "progress" }, bar,
      element("p", { class: "count" }, element("span", {}, done, all), rest)),
    trouble, questions,
    element("div", { class: "foot" }, changed, element("div", { class: "actions" }, resume, retry, pause, cancel)));
  return {
    root,
    update(job) {
      current = job;
      const state = isEnded(job) ? job.status : job.attention ? "attention" : job.paused ? "paused" : job.status;
      root.dataset.state = state;
      root.classList.toggle("waiting", state === "queued" && !job.current_label);
      say(name, titleOf(job));
      say(about, [job.printer, typeWord(job.job_type), job.mo ? job.template : null, job.submitted_by].filter(Boolean).join(" · "));
      // A stopped job must not read "Printing".
      status.set(state, stateWord(state, job));
      bar.value = job.progress_percent ?? 0;
      bar.setAttribute("aria-label", `${titleOf(job)}: ${count(job.current_label)} of ${labels(job.quantity)} printed`);
      say(done, count(job.current_label));
      say(all, ` of ${count(job.quantity)}`);
      say(rest, remaining(job));
      say(trouble, [job.attention?.message ?? job.error_message, job.attention?.action ?? job.error_action].filter(Boolean).join(" "));
      trouble.hidden = !trouble.textContent;
      showQuestions(questions, job);
      moment(changed, job.updated_at);
      cancel.hidden = isEnded(job);
      retry.hidden = !isEnded(job) || missing(job) <= 0;
      say(cancel, job.cancelling ? "Stop waiting" : "Cancel");
      pause.hidden = isEnded(job) || job.paused || job.cancelling;
      resume.hidden = isEnded(job) || (!job.paused && !RESUMABLE.has(job.attention?.code));
    },
  };
}

function stateWord(state, job) {
  if (state === "attention") return "Needs a hand";
  if (state === "paused") return "Paused";
  return job.cancelling ? "Being cancelled" : jobWord(job.status);
}

/** One question per label nobody can vouch for; above a few, one for all of them too. */
function showQuestions(area, job) {
  const numbers = job.unconfirmed ?? [];
  const shown = numbers.slice(0, ROWS_MAX).map((number) => ({ key: `label ${number}`, words: `Label ${count(number)}`, numbers: [number] }));
  if (numbers.length > 1) {
    shown.unshift({ key: "all", words: `All ${count(numbers.length)} labels`, numbers });
  }
  if (numbers.length > ROWS_MAX) {
    shown.push({ key: "more", words: `and ${count(numbers.length - ROWS_MAX)} more, when these are answered`, numbers: [] });
  }
  // Says what the attention above the list may already say.
  const isAsked = job.attention?.code === "unconfirmed_labels";
  if (shown.length && !isAsked) shown.unshift({ key: "head", words: "Unconfirmed. Look on the table: is it there, and good?", numbers: [] });
  area.hidden = shown.length === 0;
  keyed(area, shown, (question) => question.key, (question) => makeQuestion(question, () => area.job));
  area.job = job;
}

function makeQuestion(first, jobNow) {
  let current = first;
  const words = element("span");
  const answer = (printed) => () => resolveLabels(jobNow(), current.numbers, printed);
  const answers = [button("Printed", answer(true)), button("Not printed", answer(false))];
  const root = element("div", { class: first.numbers.length ? "question" : "question note" }, words,
    first.numbers.length ? element("span", { class: "actions" }, ...answers) : null);
  return {
    root,
    update(question) {
      current = question;
      say(words, question.words);
      answers[0].setAttribute("aria-label", `${question.words}: printed`);
      answers[1].setAttribute("aria-label", `${question.words}: not printed`);
    },
  };
}
