// Small helpers for building elements. Text only ever becomes text.

/** Makes an element: `element("p", { class: "hint" }, "words", child)`. Functions become listeners. */
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === "function") made.addEventListener(name, value);
    else made.setAttribute(name, value === true ? "" : String(value));
  }
  made.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return made;
}

/** Writes text only when it changed, so that selections and screen readers are left in peace. */
export function say(target, text) {
  const words = text ?? "";
  if (target.textContent !== words) target.textContent = words;
}

/** A moment that goes on ageing: see `refreshTimes` in times.js. */
export function moment(target, value) {
  if (value) target.dataset.moment = value;
  else {
    delete target.dataset.moment;
    say(target, "");
  }
}

/**
 * Keeps a container's children in step with a list without rebuilding what stays, so focus and selection survive.
 * `make(item)` answers `{ root, update(item) }`.
 */
export function keyed(container, list, keyOf, make) {
  const known = (container.parts ??= new Map());
  const wanted = new Set();
  let previous = null;
  for (const item of list) {
    const key = keyOf(item);
    wanted.add(key);
    let part = known.get(key);
    if (!part) known.set(key, (part = make(item)));
    part.update(item);
    const next = previous ? previous.nextSibling : container.firstChild;
    if (next !== part.root) container.insertBefore(part.root, next);
    previous = part.root;
  }
  for (const [key, part] of known) {
    if (wanted.has(key)) continue;
    part.root.remove();
    known.delete(key);
  }
}

/** A button that is busy while its work runs. */
export function button(words, work, className = "") {
  const made = element("button", { type: "button", class: className || null }, words);
  made.addEventListener("click", async () => {
    made.disabled = true;
    try {
      await work();
    } finally {
      made.disabled = false;
    }
  });
  return made;
}
