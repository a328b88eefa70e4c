// What is known: printers and jobs, each in its latest revision. No page elements here.

const JOBS_KEPT = 200;
const ENDED = new Set(["completed", "completed_with_errors", "failed", "cancelled"]);

const printers = new Map();
const jobs = new Map();
const fresh = new Set(); // told by the stream since the last reload began

/** Call before asking for the lists: what the stream tells from here on outlives them. */
export function beginReload() {
  fresh.clear();
}

/** Replaces everything by what the lists say, except for what the stream told in a newer revision or since. */
export function replaceAll(printerList, jobList) {
  replace(printers, printerList, (printer) => printer.name);
  replace(jobs, jobList, jobKey);
}

function replace(known, list, keyOf) {
  const before = new Map(known);
  known.clear();
  for (const item of list) {
    const old = known.get(keyOf(item)) ?? before.get(keyOf(item));
    known.set(keyOf(item), old && old.revision > item.revision ? old : item);
  }
  for (const [key, item] of before) {
    if (fresh.has(item) && !known.has(key)) known.set(key, item);
  }
}

export function learnPrinter(printer) {
  // Fields the event leaves out keep their last value.
  learn(printers, printer.name, printer);
}

export function learnJob(job) {
  learn(jobs, jobKey(job), job);
  if (jobs.size > JOBS_KEPT) dropOldest();
}

function learn(known, key, item) {
  const old = known.get(key);
  if (old && item.revision < old.revision) return;
  const merged = { ...old, ...item };
  known.set(key, merged);
  fresh.delete(old);
  fresh.add(merged);
}

function dropOldest() {
  const ended = recentJobs();
  for (const job of ended.slice(JOBS_KEPT / 2)) {
    jobs.delete(jobKey(job));
    fresh.delete(job);
  }
}

export function jobKey(job) {
  return job.job_id ?? job.id ?? job.uuid;
}

export function isEnded(job) {
  return ENDED.has(job.status);
}

/** An ended job stays on top as long as somebody owes it an answer. */
export function needsAnswer(job) {
  return (job.unconfirmed ?? []).length > 0 && job.unconfirmed_policy !== "skip";
}

export function allPrinters() {
  return [...printers.values()].sort((a, b) => a.name.localeCompare(b.name, undefined, { numeric: true }));
}

/** Those that need a person first, then printing, then waiting in order of age. */
export function activeJobs() {
  const rank = (job) => (job.attention || needsAnswer(job) ? 0 : job.status === "printing" ? 1 : 2);
  return [...jobs.values()]
    .filter((job) => !isEnded(job) || needsAnswer(job))
    .sort((a, b) => rank(a) - rank(b) || byTime(a.created_at, b.created_at));
}

export function recentJobs() {
  return [...jobs.values()].filter(isEnded).sort((a, b) => byTime(b.updated_at, a.updated_at));
}

function byTime(a, b) {
  return Date.parse(a ?? 0) - Date.parse(b ?? 0);
}

/** Everything a person has to see to; a job's trouble that is its printer's is told once. */
export function attentionList() {
  const list = [];
  for (const printer of allPrinters()) {
    if (printer.fault) list.push({ key: `printer ${printer.name}`, who: printer.name, ...printer.fault });
  }
  for (const job of activeJobs()) {
    if (!job.attention) continue;
    const printer = printers.get(job.printer);
    if (printer?.fault?.code === job.attention.code) continue;
    list.push({ key: `job ${jobKey(job)}`, who: job.mo?.name ?? job.printer ?? "Job", job, ...job.attention });
  }
  return list.sort((a, b) => byTime(a.since, b.since));
}
