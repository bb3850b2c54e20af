// Gives autocompletes the names of their labels. Select2 makes them without names, so a screen
// reader would read out only the chosen value.
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
  // Select2 makes them after the page is loaded, and with each row that is added.
  new MutationObserver((changes) => {
    for (const change of changes) {
      for (const node of change.addedNodes) if (node.matches?.(boxes)) nameBox(node);
    }
  }).observe(document.body, { childList: true, subtree: true });
});
// An open list has its own search box.
document.addEventListener("focusin", (event) => {
  const box = event.target;
  if (box.matches?.(".select2-search__field:not([aria-label])")) {
    box.setAttribute("aria-label", "Find");
  }
});
