// Asks before a changed form is left, except by one of its buttons.
"use strict";

document.addEventListener("DOMContentLoaded", () => {
  const form = document.querySelector("#content-main form");
  if (!form) return;
  // A form that is shown again with an error holds changes that are not stored.
  let changed = Boolean(document.querySelector(".errornote"));
  form.addEventListener("input", () => { changed = true; });
  document.addEventListener("formset:removed", () => { changed = true; });
  // Autocompletes send their changes through jQuery only.
  window.django.jQuery(form).on("change", () => { changed = true; });
  form.addEventListener("submit", () => { changed = false; });
  window.addEventListener("beforeunload", (event) => {
    if (changed) event.preventDefault();
  });
});
