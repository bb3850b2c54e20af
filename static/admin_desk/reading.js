// Says how a date is read while it is typed. Without this script the reading comes with saving.
"use strict";

const WAIT = 250; // milliseconds after the last key
const waiting = new WeakMap();

function place(input) {
  const own = `${input.id}-reading`;
  let output = document.getElementById(own);
  if (!output) {
    output = document.createElement("output");
    output.id = own;
    output.className = "reading";
    output.htmlFor = input.id;
    input.after(output);
  }
  return output;
}

async function say(input) {
  const output = place(input);
  const text = input.value.trim();
  if (!text) {
    output.textContent = "";
    return;
  }
  const url = new URL(document.querySelector("[data-reading-url]").dataset.readingUrl, location);
  url.searchParams.set("text", text);
  try {
    const answer = await fetch(url, { headers: { Accept: "application/json" } });
    const found = await answer.json();
    if (input.value.trim() !== text) return;
    output.classList.toggle("problem", Boolean(found.problem));
    output.textContent = found.problem || `Read as ${found.reading} (${found.edtf})`;
  } catch {
    output.textContent = "";
  }
}

document.addEventListener("input", (event) => {
  const input = event.target;
  if (!input.matches?.("[data-reads-date]")) return;
  clearTimeout(waiting.get(input));
  waiting.set(input, setTimeout(() => say(input), WAIT));
});
