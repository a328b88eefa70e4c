// Times, counts and states in words.

const JOB_WORDS = {
  queued: "Waiting", printing: "Printing", completed: "Completed", completed_with_errors: "Completed with errors",
  failed: "Failed", cancelled: "Cancelled",
};
const PRINTER_WORDS = {
  unknown: "Not known", idle: "Ready", printing: "Printing", faulted: "Needs a hand", paused: "Paused",
  silent: "No answer", offline: "Offline",
};
const TYPE_WORDS = {
  mo_split: "Split", mo_confirm: "Confirmed", mo_done: "Done", backorder: "Backorder", manual: "By hand",
  lot_created: "Serials made", report: "Report", reprint: "Reprint", test: "Test",
};

const NUMBER = new Intl.NumberFormat(undefined);
const DAY = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });

export const count = (number) => NUMBER.format(number);
export const jobWord = (status) => JOB_WORDS[status] ?? String(status);
export const printerWord = (status) => PRINTER_WORDS[status] ?? String(status);
export const typeWord = (type) => TYPE_WORDS[type] ?? String(type ?? "");
export const labels = (number) => `${count(number)} ${number === 1 ? "label" : "labels"}`;

/** "just now", "2 m ago", then the date. */
export function ago(moment, now = Date.now()) {
  const seconds = Math.max(0, (now - new Date(moment).getTime()) / 1000);
  if (Number.isNaN(seconds)) return "";
  if (seconds < 10) return "just now";
  if (seconds < 60) return `${Math.floor(seconds)} s ago`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} m ago`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ago`;
  return DAY.format(new Date(moment));
}

export function exactly(moment) {
  const date = new Date(moment);
  return Number.isNaN(date.getTime()) ? "" : DAY.format(date);
}

export function left(seconds) {
  if (seconds === null || seconds === undefined) return "";
  if (seconds < 60) return `${Math.max(1, Math.round(seconds))} s left`;
  if (seconds < 3600) return `${Math.round(seconds / 60)} min left`;
  return `${Math.floor(seconds / 3600)} h ${Math.round((seconds % 3600) / 60)} min left`;
}

/** [3, 7, 8, 9] as "3,7-9": the form the service reads. */
export function ranges(numbers) {
  const parts = [];
  for (const number of [...numbers].sort((a, b) => a - b)) {
    const last = parts[parts.length - 1];
    if (last && number === last[1] + 1) last[1] = number;
    else parts.push([number, number]);
  }
  return parts.map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`)).join(",");
}
