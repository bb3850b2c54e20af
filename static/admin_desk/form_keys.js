// Ctrl+S saves, Ctrl+Enter publishes; after an error the first field that has one gets the focus.
// Without this script there are the buttons, and the list of errors with its links.
"use strict";

// The button that a key presses: the first of these names that the form has.
const BUTTONS_OF_KEYS = {
  s: ["_continue", "_save"],
  Enter: ["_publish_next", "_publish", "_review"],
};

function pressedButton(form, key) {
  for (const name of BUTTONS_OF_KEYS[key] ?? []) {
    const button = form.querySelector(`.submit-row [name="${name}"]`);
    if (button) return button;
  }
  return null;
}

// A field in a closed part is shown; an autocomplete has the focus in its box.
function focusField(id) {
  const field = document.getElementById(id);
  if (!field) return;
  for (let part = field.closest("details"); part; part = part.parentElement.closest("details")) {
    part.open = true;
  }
  const box = field.nextElementSibling?.querySelector?.(".select2-selection");
  (box ?? field).focus();
  (box ?? field).scrollIntoView({ block: "center" });
}

document.addEventListener("DOMContentLoaded", () => {
  const form = document.querySelector(".change-form #content-main form");
  if (!form) return;
  for (const keys of form.querySelectorAll(".keys")) keys.hidden = false;
  document.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
    const button = pressedButton(form, event.key.length === 1 ? event.key.toLowerCase() : event.key);
    if (!button) return;
    event.preventDefault();
    form.requestSubmit(button);
  });
  const links = [...document.querySelectorAll(".error-links a")];
  for (const link of links) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      focusField(link.hash.slice(1));
    });
  }
  // After the autocompletes have got their boxes.
  if (links.length) setTimeout(() => focusField(links[0].hash.slice(1)), 100);
});
