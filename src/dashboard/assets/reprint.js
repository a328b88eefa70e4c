// The question behind Reprint: which labels, why, and whether they say so.

const dialog = document.getElementById("reprint-dialog");
const form = document.getElementById("reprint-form");
const field = (name) => document.getElementById(`reprint-${name}`);

/** Answers the wish, or null when it was called off. No labels means all that are printed. */
export function askForReprint(job) {
  form.reset();
  field("labels").placeholder = `all printed, or e.g. 3,7-12 (1 to ${job.quantity})`;
  dialog.showModal();
  return new Promise((resolve) => {
    let wish = null;
    form.onsubmit = (event) => {
      event.preventDefault();
      const labels = field("labels").value.trim();
      wish = { reason: field("reason").value.trim(), mark: field("mark").checked };
      if (labels) wish.labels = labels;
      dialog.close();
    };
    field("no").onclick = () => dialog.close();
    dialog.onclose = () => resolve(wish);
  });
}
