// Refuses a file that is too large before it is sent, and shows how far loading has come.
// Without this script the server says both.
"use strict";

const ASK_EVERY = 700; // milliseconds

function guardSize(form) {
  const input = form.querySelector("input[type=file]");
  const note = document.createElement("p");
  note.className = "too-large";
  note.setAttribute("role", "alert");
  input.closest(".form-row").append(note);
  const isTooLarge = () => (input.files[0]?.size ?? 0) > Number(form.dataset.largest);
  const say = () => {
    note.textContent = isTooLarge()
      ? `This file has ${(input.files[0].size / 1e6).toFixed(1)} MB, and ${form.dataset.largest / 1e6} MB `
        + "are taken here. Split it, or load it on the server, with the command."
      : "";
  };
  input.addEventListener("change", say);
  form.addEventListener("submit", (event) => {
    say();
    if (isTooLarge()) event.preventDefault();
  });
}

function showProgress(form) {
  const output = form.querySelector("output");
  const button = form.querySelector("input[type=submit]");
  const total = Number(form.dataset.total);

  // The address to go to once it is over, or "". While our own request waits, it is not over.
  async function ask(isWaiting) {
    try {
      const answer = await fetch(form.dataset.loads, { headers: { Accept: "application/json" } });
      const now = await answer.json();
      if (now.done) return now.done;
      if (!now.busy && !isWaiting) return location.href;
      output.textContent = now.checked < total
        ? `Checking again: ${now.checked.toLocaleString("en")} of ${total.toLocaleString("en")} rows`
        : `All ${total.toLocaleString("en")} rows checked; storing them`;
    } catch {
      output.textContent = "The server does not answer. Trying again.";
    }
    return "";
  }

  function follow() {
    const timer = setInterval(async () => {
      const next = await ask(false);
      if (!next) return;
      clearInterval(timer);
      location.assign(next);
    }, ASK_EVERY);
  }

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    button.disabled = true;
    output.textContent = "Loading";
    const timer = setInterval(() => ask(true), ASK_EVERY);
    try {
      // Not followed here: the page it leads to would say its word to nobody.
      await fetch(form.action, { method: "POST", body: new FormData(form), redirect: "manual" });
      clearInterval(timer);
      location.assign((await ask(false)) || location.href);
    } catch {
      // The line was cut, or a proxy gave up: the load itself goes on.
      clearInterval(timer);
      follow();
    }
  });
  if ("busy" in form.dataset) follow();
}

document.addEventListener("DOMContentLoaded", () => {
  document.querySelectorAll("form[data-largest]").forEach(guardSize);
  document.querySelectorAll("form[data-loads]").forEach(showProgress);
});
