// What a reader can do to a job or a printer. Each asks first where it matters and reports a refusal.

import { post, request } from "./api.js";
import { jobKey } from "./board.js";
import { confirmed, notice, trying } from "./notices.js";
import { askForReprint } from "./reprint.js";
import { count, labels, ranges } from "./words.js";

const path = (job, verb) => `/api/jobs/${encodeURIComponent(jobKey(job))}/${verb}`;

export async function cancelJob(job) {
  if (job.cancelling) return abandonJob(job);
  const text = job.current_label
    ? `${count(job.current_label)} of ${labels(job.quantity)} are printed and stay so. The rest is withdrawn.`
    : `Nothing of it is printed yet; ${labels(job.quantity)} are withdrawn.`;
  if (!(await confirmed("Cancel this job?", text, "Cancel the job", true))) return;
  await trying(() => post(path(job, "cancel")), "The job is being cancelled.");
}

/** Withdrawn before, and its printer neither answers nor moves. */
async function abandonJob(job) {
  const text = "It is withdrawn already and waits for labels that are still in the printer. Without waiting, those become unconfirmed.";
  if (!(await confirmed("Stop waiting for the printer?", text, "Stop waiting", true))) return;
  await trying(() => post(path(job, "cancel"), { abandon: true }));
}

export async function pauseJob(job) {
  await trying(() => post(path(job, "pause")), "Labels already in the printer still come out.");
}

/** Labels once more. The reason is kept with the new job. */
export async function reprintJob(job) {
  const wish = await askForReprint(job);
  if (!wish) return;
  await trying(() => post(path(job, "reprint"), { uuid: crypto.randomUUID?.(), ...wish }), "The labels are printed once more.");
}

export async function retryJob(job) {
  const missing = job.quantity - job.current_label - (job.unconfirmed ?? []).length;
  const text = `Prints what is missing: ${labels(missing)}. Labels already printed are not printed again.`;
  if (!(await confirmed("Print the missing labels?", text, "Print them"))) return;
  await trying(() => post(path(job, "retry")), "The missing labels are on their way.");
}

export async function resumeJob(job) {
  if (job.paused && !job.attention) return trying(() => post(path(job, "resume")));
  const text = job.attention?.code === "job_expired"
    ? "It waited past its time. Only go on if its labels are still wanted."
    : "Only go on when the labels on the table fit the list.";
  if (!(await confirmed("Resume this job?", text, "Resume"))) return;
  await trying(() => post(path(job, "resume")));
}

export async function pausePrinter(printer) {
  await trying(() => post(`/api/printers/${encodeURIComponent(printer.name)}/pause`), "Labels already in it still come out.");
}

export async function pauseEverything(isPaused) {
  if (isPaused) return trying(() => post("/api/resume"));
  const text = "No printer begins anything new until everything is resumed. Labels already in the printers still come out.";
  if (!(await confirmed("Pause all printing?", text, "Pause everything"))) return;
  await trying(() => post("/api/pause"));
}

export async function resumePrinter(printer) {
  await trying(() => post(`/api/printers/${encodeURIComponent(printer.name)}/resume`));
}

/** A person's word about labels nobody can vouch for. Several at once are asked back, since it cannot be undone. */
export async function resolveLabels(job, numbers, printed) {
  if (numbers.length > 1) {
    const what = printed ? "are printed" : "are not printed";
    const text = `Labels ${ranges(numbers).replaceAll(",", ", ")} ${what}.`;
    if (!(await confirmed(`All ${numbers.length} labels?`, text, printed ? "All printed" : "None printed"))) return;
  }
  await trying(() => post(path(job, "resolve"), { labels: ranges(numbers), printed }));
}

/** The history as a file; a plain link could not send the key. */
export async function saveHistory() {
  notice("Fetching the history…", "", "good");
  await trying(async () => {
    const response = await request("/api/history.csv");
    const address = URL.createObjectURL(await response.blob());
    const link = document.createElement("a");
    link.href = address;
    link.download = `platen-history-${new Date().toISOString().slice(0, 10)}.csv`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(address), 60_000);
  });
}
