// Refuses a file that is too large before it is sent, and shows the progress of loading.
// Without this script the server does both.
"use strict";

const POLL_INTERVAL_MS = 700;

// The page has the texts in its language, with the names of values in braces.
function filledIn(text, values) {
  return text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

function guardSize(form) {
  const input = form.querySelector("input[type=file]");
  const note = document.createElement("p");
  note.className = "too-large";
  note.setAttribute("role", "alert");
  input.closest(".form-row").append(note);
  const isTooLarge = () => (input.files[0]?.size ?? 0) > Number(form.dataset.largest);
  const showNote = () => {
    note.textContent = isTooLarge()
      ? filledIn(form.dataset.tooLarge, {
        size: (input.files[0].size / 1e6).toFixed(1), most: form.dataset.largest / 1e6,
      })
      : "";
  };
  input.addEventListener("change", showNote);
  form.addEventListener("submit", (event) => {
    showNote();
    if (isTooLarge()) event.preventDefault();
  });
}

function showProgress(form) {
  const output = form.querySelector("output");
  const button = form.querySelector("button.default");
  const total = Number(form.dataset.total);
  const rows = total.toLocaleString("en");

  // Resolves to the address to go to once loading is finished, or to "". While this page's own
  // request is open, loading is not finished.
  async function checkProgress(isRequestOpen) {
    try {
      const response = await fetch(form.dataset.loads, { headers: { Accept: "application/json" } });
      const progress = await response.json();
      if (progress.done) return progress.done;
      if (!progress.busy && !isRequestOpen) return location.href;
      output.textContent = progress.checked < total
        ? filledIn(form.dataset.checking, { checked: progress.checked.toLocaleString("en"), total: rows })
        : filledIn(form.dataset.saving, { total: rows });
    } catch {
      output.textContent = form.dataset.offline;
    }
    return "";
  }

  function poll() {
    const timer = setInterval(async () => {
      const address = await checkProgress(false);
      if (!address) return;
      clearInterval(timer);
      location.assign(address);
    }, POLL_INTERVAL_MS);
  }

  form.addEventListener("submit", async (event) => {
    if (!button || event.submitter !== button) return;
    event.preventDefault();
    const body = new FormData(form, button);
    button.disabled = true;
    output.textContent = form.dataset.loading;
    const timer = setInterval(() => checkProgress(true), POLL_INTERVAL_MS);
    try {
      // Not followed here: the page it leads to shows its messages only once.
      await fetch(form.dataset.load, {
        method: "POST", body, redirect: "manual", headers: { "X-Requested-With": "XMLHttpRequest" },
      });
      clearInterval(timer);
      location.assign((await checkProgress(false)) || location.href);
    } catch {
      // The connection was lost, but the server goes on loading.
      clearInterval(timer);
      poll();
    }
  });
  if ("busy" in form.dataset) poll();
}

document.addEventListener("DOMContentLoaded", () => {
  document.querySelectorAll("form[data-largest]").forEach(guardSize);
  document.querySelectorAll("form[data-loads]").forEach(showProgress);
});
