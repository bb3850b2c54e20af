// Updates the public card and its warnings while a form is typed. Only the latest answer is shown;
// after an error the next key asks again. Without this script both are updated by saving.
"use strict";

const CARD_PAUSE_MS = 400; // after the last key

// `isEmpty`: the server did not draw the card of what is in the form.
function startPreview(panel, isEmpty) {
  const form = panel?.closest("form");
  if (!form || panel.dataset.started) return;
  panel.dataset.started = "yes";
  const host = panel.querySelector(".card-host");
  const inside = host.querySelector("template");
  // A browser that does not support `shadowrootmode` has left the template in the page.
  if (inside) {
    host.attachShadow({ mode: "open" }).append(inside.content);
    inside.remove();
  }
  const paper = host.shadowRoot.querySelector(".paper");
  const notes = panel.querySelector(".preview-notes");
  let latestRequest = 0;
  let timer;

  async function update() {
    latestRequest += 1;
    const thisRequest = latestRequest;
    try {
      const response = await fetch(panel.dataset.cardUrl, {
        method: "POST",
        body: new FormData(form),
        headers: { Accept: "application/json", "X-Requested-With": "XMLHttpRequest" },
      });
      if (!response.ok || response.redirected) return;
      const preview = await response.json();
      if (thisRequest !== latestRequest) return;
      paper.innerHTML = preview.card;
      // Screen readers read out every change, so unchanged notes are not written again.
      if (notes.dataset.shown !== preview.notes) notes.innerHTML = preview.notes;
      notes.dataset.shown = preview.notes;
      form.dispatchEvent(new CustomEvent("preview:defaults", { detail: preview.defaults }));
    } catch {
      // The next key asks again.
    }
  }

  function updateSoon() {
    clearTimeout(timer);
    timer = setTimeout(update, CARD_PAUSE_MS);
  }

  form.addEventListener("input", updateSoon);
  document.addEventListener("formset:added", updateSoon);
  document.addEventListener("formset:removed", updateSoon);
  // Autocompletes send their changes through jQuery only.
  window.django.jQuery(form).on("change", updateSoon);
  // A link of the card must not replace the form.
  paper.addEventListener("click", (event) => {
    const link = event.target.closest("a");
    if (link) link.target = "_blank";
  });
  if (isEmpty) update();
}

document.addEventListener("DOMContentLoaded", () => {
  startPreview(document.querySelector("[data-card-url]"), Boolean(location.search));
});
// The workbench fetches its forms.
document.addEventListener("workbench:form", (event) => {
  startPreview(event.target.querySelector("[data-card-url]"), true);
});
