// Prints the recovery codes, or saves them as a file. Without this script they can be copied.
"use strict";

document.addEventListener("DOMContentLoaded", () => {
  const print = document.querySelector("[data-print]");
  const save = document.querySelector("[data-save]");
  print.hidden = save.hidden = false;
  print.addEventListener("click", () => window.print());
  save.addEventListener("click", () => {
    const codes = [...document.querySelectorAll(`#${save.dataset.from} li`)];
    const text = codes.map((item) => item.textContent.trim()).join("\n") + "\n";
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
    link.download = save.dataset.save;
    link.click();
    URL.revokeObjectURL(link.href);
  });
});
