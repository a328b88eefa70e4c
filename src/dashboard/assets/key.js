// The reader's API key: where it comes from and where it is kept. It never reaches the address bar's history.

const NAME = "platen.key";

/** Takes a key out of `#key=…` and removes it from the address at once. */
export function adoptKeyFromAddress() {
  const fields = new URLSearchParams(location.hash.slice(1));
  const key = fields.get("key");
  if (key === null) return;
  history.replaceState(null, "", location.pathname + location.search);
  if (key.trim()) keepKey(key);
}

export function currentKey() {
  return sessionStorage.getItem(NAME);
}

export function keepKey(key) {
  sessionStorage.setItem(NAME, key.trim());
}

export function forgetKey() {
  sessionStorage.removeItem(NAME);
}

/** Asks until something is entered. `reason` says why, in a sentence. */
export function askForKey(reason) {
  const dialog = document.getElementById("key-dialog");
  const form = document.getElementById("key-form");
  const field = document.getElementById("key-field");
  document.getElementById("key-reason").textContent = reason;
  field.value = "";
  if (!dialog.open) dialog.showModal();
  field.focus();
  return new Promise((resolve) => {
    // Escape would leave an empty board behind.
    dialog.oncancel = (event) => event.preventDefault();
    form.onsubmit = (event) => {
      event.preventDefault();
      if (!field.value.trim()) return;
      keepKey(field.value);
      field.value = "";
      dialog.close();
      resolve();
    };
  });
}
