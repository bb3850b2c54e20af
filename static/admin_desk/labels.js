// Gives the boxes that are chosen from by typing the names that their labels give to the field.
// Select2 makes them without one, so a screen reader would say only what is chosen.
"use strict";

const NAMELESS = ".select2-selection, .select2-selection__rendered[role], .select2-search__field";

function nameBox(box) {
  const label = box.previousElementSibling?.labels?.[0];
  if (!label) return;
  const text = label.textContent.trim().replace(/:$/, "");
  for (const part of box.querySelectorAll(NAMELESS)) part.setAttribute("aria-label", text);
}

document.addEventListener("DOMContentLoaded", () => {
  const boxes = "select.admin-autocomplete + .select2";
  for (const box of document.querySelectorAll(boxes)) nameBox(box);
  // Boxes are made after the page, and again with each row that is added.
  new MutationObserver((changes) => {
    for (const change of changes) {
      for (const node of change.addedNodes) if (node.matches?.(boxes)) nameBox(node);
    }
  }).observe(document.body, { childList: true, subtree: true });
});
// An open list has a search box of its own.
document.addEventListener("focusin", (event) => {
  const box = event.target;
  if (box.matches?.(".select2-search__field:not([aria-label])")) {
    box.setAttribute("aria-label", "Find");
  }
});
