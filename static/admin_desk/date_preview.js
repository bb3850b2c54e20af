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

// The keys of the sources that the form cites: of those that have the words, or else of all.
function citedSources(input) {
  if (input.name.includes("-")) return []; // a row of its own, not the entry
  const cited = [];
  for (const exact of input.form.querySelectorAll("[name^='citations-'][name$='-exact']")) {
    const row = exact.name.replace(/-exact$/, "");
    const fields = input.form.elements;
    const key = fields[`${row}-via`]?.value || fields[`${row}-source`]?.value;
    if (key && !fields[`${row}-DELETE`]?.checked) cited.push({ key, exact: exact.value });
  }
  const words = input.value.trim().toLowerCase();
  const carriers = cited.filter(({ exact }) => exact.toLowerCase().includes(words));
  const keys = (carriers.length ? carriers : cited).map(({ key }) => key);
  const named = new URLSearchParams(location.search).get("source");
  return keys.length || !named ? keys : [named];
}

// The server fills the reading in, as it does without this script.
function useReading(input, day) {
  const choice = document.createElement("input");
  choice.type = "hidden";
  choice.name = "_use_reading";
  choice.value = `${input.name}:${day}`;
  input.form.append(choice);
  input.form.requestSubmit();
}

// The address that reads dates, and the words of this script in the language of the page.
function pageData() {
  return document.querySelector("[data-reading-url]").dataset;
}

function proposalFor(input, { day, sentence }) {
  const line = document.createElement("span");
  const button = document.createElement("button");
  button.type = "button";
  button.className = "use-reading";
  button.textContent = pageData().useReading;
  button.addEventListener("click", () => useReading(input, day));
  line.append(`${sentence} `, button, " ");
  return line;
}

async function showReading(input) {
  const output = outputFor(input);
  const text = input.value.trim();
  if (!text) {
    output.textContent = "";
    return;
  }
  const url = new URL(pageData().readingUrl, location);
  url.searchParams.set("text", text);
  for (const key of citedSources(input)) url.searchParams.append("source", key);
  try {
    const response = await fetch(url, { headers: { Accept: "application/json" } });
    const answer = await response.json();
    if (input.value.trim() !== text) return;
    output.classList.toggle("problem", Boolean(answer.problem));
    if (answer.proposals?.length) {
      output.replaceChildren(...answer.proposals.map((proposal) => proposalFor(input, proposal)));
      return;
    }
    output.textContent = answer.problem
      || pageData().readAs.replace(/\{(\w+)\}/g, (_, name) => answer[name]);
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
