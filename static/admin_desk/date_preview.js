// Shows how a date is read while it is typed. Without this script the form shows it after saving.
"use strict";

const TYPING_PAUSE_MS = 250; // after the last key
const timers = new WeakMap();

function outputFor(input) {
  const id = `${input.id}-reading`;
  let output = document.getElementById(id);
  if (!output) {
    output = document.createElement("output");
    output.id = id;
    output.className = "reading";
    output.htmlFor = input.id;
    input.after(output);
  }
  return output;
}

async function showReading(input) {
  const output = outputFor(input);
  const text = input.value.trim();
  if (!text) {
    output.textContent = "";
    return;
  }
  const url = new URL(document.querySelector("[data-reading-url]").dataset.readingUrl, location);
  url.searchParams.set("text", text);
  try {
    const response = await fetch(url, { headers: { Accept: "application/json" } });
    const answer = await response.json();
    if (input.value.trim() !== text) return;
    output.classList.toggle("problem", Boolean(answer.problem));
    output.textContent = answer.problem || `Read as ${answer.reading} (${answer.edtf})`;
  } catch {
    output.textContent = "";
  }
}

document.addEventListener("input", (event) => {
  const input = event.target;
  if (!input.matches?.("[data-reads-date]")) return;
  clearTimeout(timers.get(input));
  timers.set(input, setTimeout(() => showReading(input), TYPING_PAUSE_MS));
});
