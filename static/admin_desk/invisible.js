// Names invisible characters in a field, takes them out with one button, and puts them back with
// another. Without this script the error of the field names the first of them.
"use strict";

function invisibleLine(field) {
  const id = `${field.id}-invisible`;
  let line = document.getElementById(id);
  if (!line) {
    line = document.createElement("p");
    line.id = id;
    line.className = "invisible";
    line.setAttribute("role", "status");
    field.after(line);
  }
  return line;
}

function textButton(text, action) {
  const element = document.createElement("button");
  element.type = "button";
  element.textContent = text;
  element.addEventListener("click", action);
  return element;
}

function setText(field, text) {
  field.value = text;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.focus();
}

document.addEventListener("DOMContentLoaded", () => {
  const list = document.querySelector(".invisible-names");
  const form = list?.closest("form");
  if (!form) return;
  const kinds = [...list.children].map((item) => ({
    name: item.textContent,
    pattern: new RegExp(item.dataset.pattern, "gu"),
  }));
  const TEXTS = "input[type='text'], input:not([type]), textarea";

  function occurrences(text) {
    return kinds
      .map(({ name, pattern }) => ({ name, count: [...text.matchAll(pattern)].length }))
      .filter(({ count }) => count);
  }

  function takeOut(field) {
    const before = field.value;
    let after = before;
    for (const { pattern } of kinds) after = after.replace(pattern, "");
    setText(field, after);
    const undo = textButton(list.dataset.undo, () => setText(field, before));
    invisibleLine(field).replaceChildren(`${list.dataset.removed} `, undo);
  }

  function check(field) {
    const names = occurrences(field.value);
    if (!names.length) {
      document.getElementById(`${field.id}-invisible`)?.remove();
      return;
    }
    const words = names.map(({ name, count }) => `${name} (${count})`).join(", ");
    const remove = textButton(list.dataset.remove, () => takeOut(field));
    invisibleLine(field).replaceChildren(`${list.dataset.label} ${words}. `, remove);
  }

  form.addEventListener("input", (event) => {
    if (event.target.id && event.target.matches(TEXTS)) check(event.target);
  });
  for (const field of form.querySelectorAll(TEXTS)) if (field.id && field.value) check(field);
});
