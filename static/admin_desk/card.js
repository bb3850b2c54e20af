// Shows the public card, and what to look at, while a form is typed. The latest answer wins; an
// error says nothing, because the next key asks again. Without this script both come with saving.
"use strict";

document.addEventListener("DOMContentLoaded", () => {
  const WAIT = 400; // milliseconds after the last key
  const panel = document.querySelector("[data-card-url]");
  const form = panel?.closest("form");
  if (!form) return;
  const host = panel.querySelector(".card-host");
  const inside = host.querySelector("template");
  // A browser that does not know the template's attribute has left it where it was.
  if (inside) {
    host.attachShadow({ mode: "open" }).append(inside.content);
    inside.remove();
  }
  const paper = host.shadowRoot.querySelector(".paper");
  const said = panel.querySelector(".said");
  let latest = 0;
  let waiting;

  async function ask() {
    latest += 1;
    const own = latest;
    try {
      const answer = await fetch(panel.dataset.cardUrl, {
        method: "POST",
        body: new FormData(form),
        headers: { Accept: "application/json" },
      });
      if (!answer.ok || answer.redirected) return;
      const found = await answer.json();
      if (own !== latest) return;
      paper.innerHTML = found.card;
      // Only what is new is worth reading out.
      if (said.dataset.held !== found.said) said.innerHTML = found.said;
      said.dataset.held = found.said;
    } catch {
      // The next key asks again.
    }
  }

  function later() {
    clearTimeout(waiting);
    waiting = setTimeout(ask, WAIT);
  }

  form.addEventListener("input", later);
  document.addEventListener("formset:added", later);
  document.addEventListener("formset:removed", later);
  // What is chosen by typing is told through jQuery alone.
  window.django.jQuery(form).on("change", later);
  // A link of the card must not take the form away.
  paper.addEventListener("click", (event) => {
    const link = event.target.closest("a");
    if (link) link.target = "_blank";
  });
  if (location.search) ask();
});
