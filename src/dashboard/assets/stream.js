// The live stream, read with fetch because EventSource cannot send the key.

import { request } from "./api.js";

const SILENCE_MAX_MS = 45_000; // the service sends something every 30 s
const PAUSE_MIN_MS = 500;
const PAUSE_MAX_MS = 15_000;

/**
 * Follows the event log for good. Calls `onOpen(isResumed)` when connected, `onEvent(name, data)` for each event,
 * `onClosed()` when the connection is lost. Ends by throwing only when the key is refused.
 */
export async function follow({ onOpen, onEvent, onClosed, onHeard }) {
  let last = null;
  let pause = PAUSE_MIN_MS;
  for (;;) {
    const abort = new AbortController();
    let watchdog = setTimeout(() => abort.abort(), SILENCE_MAX_MS);
    const wakeUp = () => abort.abort();
    addEventListener("offline", wakeUp);
    try {
      const resume = last === null ? {} : { "Last-Event-ID": last };
      const query = last === null ? "" : `?after=${encodeURIComponent(last)}`;
      const response = await request(`/api/events${query}`, {
        headers: { Accept: "text/event-stream", ...resume },
        signal: abort.signal,
      });
      onOpen(last !== null);
      pause = PAUSE_MIN_MS;
      const parse = parser((event) => {
        if (event.id !== null) last = event.id;
        onEvent(event.name, event.data);
      });
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
      for (;;) {
        const { value, done } = await reader.read();
        if (done) break;
        clearTimeout(watchdog);
        watchdog = setTimeout(() => abort.abort(), SILENCE_MAX_MS);
        onHeard();
        parse(value);
      }
    } catch (error) {
      if (error.status === 401 || error.status === 403) throw error;
    } finally {
      clearTimeout(watchdog);
      removeEventListener("offline", wakeUp);
      // Ends the request too when an event could not be handled.
      abort.abort();
    }
    onClosed();
    await rested(pause * (0.75 + Math.random() / 2));
    pause = Math.min(pause * 2, PAUSE_MAX_MS);
  }
}

/** A pause that ends early when the network comes back. */
function rested(milliseconds) {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      removeEventListener("online", end);
      resolve();
    };
    const timer = setTimeout(end, milliseconds);
    addEventListener("online", end);
  });
}

/** Cuts text into server-sent events; comments (heartbeats) are dropped. */
export function parser(onEvent) {
  let rest = "";
  let event = { id: null, name: "message", lines: [] };
  return (text) => {
    rest += text;
    const lines = rest.split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop();
    for (const line of lines) {
      if (line === "") {
        // An event without data still moves the number on, and `resync` may come bare.
        if (event.lines.length || event.id !== null || event.name !== "message") {
          onEvent({ id: event.id, name: event.name, data: event.lines.join("\n") });
        }
        event = { id: null, name: "message", lines: [] };
        continue;
      }
      const colon = line.indexOf(":");
      if (colon === 0) continue;
      const field = colon < 0 ? line : line.slice(0, colon);
      const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
      if (field === "event") event.name = value;
      else if (field === "data") event.lines.push(value);
      else if (field === "id") event.id = value;
    }
  };
}
