// Makes words that are selected in the exact words of a citation the quotation of the statement.
// Without this script both are ordinary fields.
"use strict";

function announceChange(field) {
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

// Only one citation gives the words that are shown.
function markQuotedCitation(exact) {
  const own = exact.name.replace(/-exact$/, "-quoted");
  for (const box of document.querySelectorAll("input[name^='citations-'][name$='-quoted']")) {
    if (box.name.includes("__prefix__")) continue;
    box.checked = box.name === own;
  }
}

// The passages in the order of the source; those that touch become one, others are joined by a cut.
function composedPassages(exact, passages) {
  const ordered = [...passages].sort((first, second) => first.start - second.start);
  const joined = [];
  for (const passage of ordered) {
    const last = joined.at(-1);
    if (last && !exact.value.slice(last.end, passage.start).trim()) {
      last.end = Math.max(last.end, passage.end);
    } else {
      joined.push({ ...passage });
    }
  }
  return joined.map(({ start, end }) => exact.value.slice(start, end).trim()).join(" … ");
}

document.addEventListener("DOMContentLoaded", () => {
  const quotation = document.getElementById("id_text");
  if (!quotation) return;
  const words = document.querySelector("[data-quote]").dataset;
  const EXACT = "textarea[name^='citations-'][name$='-exact']";

  function addButtons(exact) {
    if (exact.name.includes("__prefix__") || exact.dataset.quotable) return;
    exact.dataset.quotable = "yes";
    let passages = [];
    const bar = document.createElement("p");
    bar.className = "quote-buttons";
    const use = document.createElement("button");
    const add = document.createElement("button");
    use.textContent = words.quote;
    add.textContent = words.quoteMore;

    function selection() {
      const passage = { start: exact.selectionStart, end: exact.selectionEnd };
      return exact.value.slice(passage.start, passage.end).trim() ? passage : null;
    }

    function show() {
      const passage = selection();
      use.disabled = !passage;
      add.disabled = !passage || !passages.length;
    }

    function quote(former) {
      const passage = selection();
      if (!passage) return;
      passages = [...former, passage];
      quotation.value = composedPassages(exact, passages);
      markQuotedCitation(exact);
      announceChange(quotation);
      show();
    }

    for (const button of [use, add]) {
      button.type = "button";
      bar.append(button, " ");
    }
    use.addEventListener("click", () => quote([]));
    add.addEventListener("click", () => quote(passages));
    for (const name of ["select", "keyup", "mouseup", "focus"]) exact.addEventListener(name, show);
    exact.addEventListener("input", () => {
      passages = []; // their places are no longer those of the text
      show();
    });
    exact.after(bar);
    show();
  }

  function addAll() {
    for (const exact of document.querySelectorAll(EXACT)) addButtons(exact);
  }

  addAll();
  document.addEventListener("formset:added", addAll);
});
