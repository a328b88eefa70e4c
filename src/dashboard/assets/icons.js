// One shape per state, so that colour is never the only sign.

const SPACE = "http://www.w3.org/2000/svg";
const SHAPES = {
  circle: ["M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18z", ""],
  ready: ["M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18z", "M7.5 12.5l3 3 6-6.5"],
  play: ["M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18z", "M10 8l6 4-6 4z"],
  alert: ["M12 3L22 20.5H2z", "M12 9.5v5.5M12 17.6v.4"],
  pause: ["M4 4h16v16H4z", "M9.5 8.5v7M14.5 8.5v7"],
  question: ["M12 2l10 10-10 10L2 12z", "M9.6 9.8a2.5 2.5 0 1 1 3.6 2.2c-.8.4-1.2.9-1.2 1.8M12 16.4v.3"],
  cross: ["M8 3h8l5 5v8l-5 5H8l-5-5V8z", "M8.8 8.8l6.4 6.4M15.2 8.8l-6.4 6.4"],
  slash: ["M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18z", "M6 6l12 12"],
  clock: ["M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18z", "M12 7.5V12l3 2"],
};
const BY_STATE = {
  unknown: "circle", idle: "ready", printing: "play", faulted: "alert", paused: "pause", silent: "question",
  offline: "cross", queued: "clock", completed: "ready", completed_with_errors: "alert", failed: "cross",
  cancelled: "slash", attention: "alert",
};

/** The picture of a state; decoration only, the word stands beside it. */
export function icon(state) {
  const [outline, sign] = SHAPES[BY_STATE[state] ?? "circle"];
  const picture = document.createElementNS(SPACE, "svg");
  picture.setAttribute("viewBox", "0 0 24 24");
  picture.setAttribute("class", "icon");
  picture.setAttribute("aria-hidden", "true");
  for (const [path, name] of [[outline, "outline"], [sign, "sign"]]) {
    if (!path) continue;
    const line = document.createElementNS(SPACE, "path");
    line.setAttribute("d", path);
    line.setAttribute("class", name);
    picture.append(line);
  }
  return picture;
}

/** A word with its shape, recoloured and reshaped by `set(state, word)`. */
export function badge() {
  const root = document.createElement("span");
  const word = document.createElement("span");
  root.className = "badge";
  root.append(word);
  return {
    root,
    set(state, text) {
      if (word.textContent !== text) word.textContent = text;
      if (root.dataset.state === state) return;
      root.dataset.state = state;
      root.querySelector("svg")?.remove();
      root.prepend(icon(state));
    },
  };
}
