// The board: loads what is known, follows the live stream, and shows both.

import { getJson, listOf } from "./api.js";
import { showAttention } from "./attention.js";
import { activeJobs, allPrinters, beginReload, learnJob, learnPrinter, replaceAll } from "./board.js";
import { say } from "./dom.js";
import { showGallery } from "./gallery.js";
import { badge } from "./icons.js";
import { showActiveJobs } from "./jobs.js";
import { adoptKeyFromAddress, askForKey, currentKey, forgetKey } from "./key.js";
import { notice } from "./notices.js";
import { saveHistory } from "./actions.js";
import { showPrinters } from "./printers.js";
import { showRecentJobs } from "./recent.js";
import { follow } from "./stream.js";
import { refreshTimes } from "./times.js";
import { ago, count } from "./words.js";

const GALLERY_PAUSE_MS = 500;
const LOAD_PAUSE_MS = 3_000;
// The newest jobs, and those under way however old they are.
const LISTS = ["/api/printers", "/api/jobs?status=printing&limit=50", "/api/jobs?status=queued&limit=50", "/api/jobs?limit=50"];

const link = badge();
let isLive = false;
let isWhole = false; // nothing is known to be missing
let loadTimer = null;
let heardAt = null;
let isDrawn = true;
let galleryTimer = null;

start();

async function start() {
  adoptKeyFromAddress();
  document.getElementById("link").append(link.root);
  document.getElementById("history").addEventListener("click", (event) => {
    event.preventDefault();
    saveHistory();
  });
  document.getElementById("forget").addEventListener("click", () => {
    forgetKey();
    location.reload();
  });
  setInterval(tick, 1_000);
  tick();

  let reason = "The board shows live data, so it needs a key.";
  for (;;) {
    if (!currentKey()) await askForKey(reason);
    try {
      await follow({ onOpen, onEvent, onClosed, onHeard });
    } catch (error) {
      isLive = false;
      forgetKey();
      reason = `${error.message} ${error.action ?? ""}`.trim();
    }
  }
}

/** Connected first, loaded second: what happens in between is on the stream, and revisions sort it out. */
function onOpen(isResumed) {
  document.getElementById("forget").hidden = false;
  onHeard();
  if (!isResumed || !isWhole) load();
  else setLive();
}

function onHeard() {
  if (!isWhole) return;
  heardAt = Date.now();
  setLive();
}

function onClosed() {
  isLive = false;
  tick();
}

function onEvent(name, data) {
  if (name === "resync") {
    isWhole = false;
    load();
  }
  if (name === "job") learnJob(JSON.parse(data));
  if (name === "printer") learnPrinter(JSON.parse(data));
  draw();
}

async function load() {
  clearTimeout(loadTimer);
  beginReload();
  try {
    const [printers, ...jobs] = await Promise.all(LISTS.map(getJson));
    replaceAll(listOf(printers), jobs.flatMap(listOf));
    isWhole = true;
    document.getElementById("board").hidden = false;
    onHeard();
    draw();
  } catch (error) {
    onClosed();
    notice(error.message, error.action ?? "");
    // The stream is up but the lists are not: ask again soon, the board must not stay half true.
    clearTimeout(loadTimer);
    loadTimer = setTimeout(load, LOAD_PAUSE_MS);
  }
}

function setLive() {
  if (isLive) return;
  isLive = true;
  tick();
}

/** Many events in one frame are drawn once. */
function draw() {
  if (!isDrawn) return;
  isDrawn = false;
  // A hidden tab gets no frames; the timer keeps its title true.
  if (document.hidden) setTimeout(drawNow, 500);
  else requestAnimationFrame(drawNow);
}

function drawNow() {
  isDrawn = true;
  if (!isWhole) return;
  showAttention();
  showPrinters();
  showActiveJobs();
  showRecentJobs();
  showTotals();
  refreshTimes();
  galleryTimer ??= setTimeout(() => {
    galleryTimer = null;
    showGallery();
  }, GALLERY_PAUSE_MS);
}

function showTotals() {
  const active = activeJobs();
  const waiting = active.reduce((sum, job) => sum + Math.max(0, job.quantity - job.current_label), 0);
  const printers = allPrinters().filter((printer) => printer.status === "printing").length;
  say(document.getElementById("totals"),
    active.length ? `${count(waiting)} labels to go · ${count(printers)} printing` : "");
}

/** Says honestly how old the picture is. The age stands apart, so that a screen reader does not count seconds. */
function tick() {
  document.body.dataset.link = isLive ? "live" : "lost";
  if (isLive) link.set("idle", "Live");
  else if (heardAt === null) link.set("unknown", currentKey() ? "Connecting…" : "No key yet");
  else link.set("offline", "Reconnecting");
  say(document.getElementById("link-age"), !isLive && heardAt !== null ? `as of ${ago(heardAt)}` : "");
  refreshTimes();
}
