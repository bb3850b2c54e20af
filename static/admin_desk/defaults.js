// Fills in fields of a new statement that follow from others, each with its reason. A field that the
// editor has changed is left alone. Without this script, saving a draft fills in required fields.
"use strict";

function reasonOf(field) {
  const id = `${field.id}-why`;
  let reason = document.getElementById(id);
  if (!reason) {
    reason = document.createElement("span");
    reason.id = id;
    reason.className = "why";
    field.after(reason);
  }
  return reason;
}

function unmarkFilled(field) {
  field.classList.remove("filled-in");
  delete field.dataset.filled;
  document.getElementById(`${field.id}-why`)?.remove();
}

function isFilledIn(field) {
  return field.dataset.filled !== undefined && field.value === field.dataset.filled;
}

function fillIn(field, { value, why }) {
  if (field.dataset.touched || (field.value && !isFilledIn(field))) return false;
  const isNew = field.value !== value;
  field.value = value;
  if (field === document.activeElement) field.select?.(); // what is typed replaces it
  field.dataset.filled = value;
  field.classList.add("filled-in");
  reasonOf(field).textContent = why;
  return isNew;
}

document.addEventListener("DOMContentLoaded", () => {
  const form = document.getElementById("statement_form");
  if (!form) return;

  form.addEventListener("input", (event) => {
    if (!event.isTrusted || !event.target.id) return;
    event.target.dataset.touched = "yes";
    unmarkFilled(event.target);
  });
  form.addEventListener("preview:defaults", (event) => {
    const defaults = new Map(event.detail.map((choice) => [choice.name, choice]));
    let isChanged = false;
    for (const field of form.querySelectorAll("[data-filled]")) {
      if (defaults.has(field.name) || !isFilledIn(field)) continue;
      field.value = ""; // what it followed from is gone
      unmarkFilled(field);
      isChanged = true;
    }
    for (const [name, choice] of defaults) {
      const field = form.elements[name];
      if (field && fillIn(field, choice)) isChanged = true;
    }
    // The card shows them too.
    if (isChanged) form.dispatchEvent(new Event("input", { bubbles: true }));
  });
});
