// Asks before a form with something typed in it is left. Saving it, by any button, asks nothing.
"use strict";

document.addEventListener("DOMContentLoaded", () => {
  const form = document.querySelector("#content-main form");
  if (!form) return;
  // An error brought it back: what it holds is not stored.
  let changed = Boolean(document.querySelector(".errornote"));
  form.addEventListener("input", () => { changed = true; });
  document.addEventListener("formset:removed", () => { changed = true; });
  // What is chosen by typing is told through jQuery alone.
  window.django.jQuery(form).on("change", () => { changed = true; });
  form.addEventListener("submit", () => { changed = false; });
  window.addEventListener("beforeunload", (event) => {
    if (changed) event.preventDefault();
  });
});
