// Marks what was published since the last visit. Only this browser knows when that was: the day
// is stored here and never sent. Without a stored day, or without storage, nothing is shown.
const BEFORE = "visit-before";
const LAST = "last-visit";

// All pages of one visit compare with the visit before it.
function visitBefore() {
  let moment = sessionStorage.getItem(BEFORE);
  if (moment === null) {
    moment = localStorage.getItem(LAST) ?? "";
    sessionStorage.setItem(BEFORE, moment);
  }
  localStorage.setItem(LAST, new Date().toISOString());
  return moment;
}

function show(line, moment) {
  const before = new Date(moment);
  if (!moment || Number.isNaN(before.getTime())) return;
  const items = [...document.querySelectorAll("[data-at]")].filter((item) => new Date(item.dataset.at) > before);
  // Dates in English have the day first, as on the pages.
  const language = document.documentElement.lang === "en" ? "en-GB" : document.documentElement.lang;
  const day = before.toLocaleDateString(language, { dateStyle: "long" });
  const words = items.length === 0 ? line.dataset.none : items.length === 1 ? line.dataset.one : line.dataset.many;
  line.textContent = words.replace("{n}", items.length).replace("{day}", day);
  line.hidden = false;
  for (const item of items) {
    const mark = document.createElement("span");
    mark.className = "known-change";
    mark.textContent = line.dataset.mark;
    item.append(" ", mark);
  }
}

const line = document.getElementById("since-visit");
try {
  if (line) show(line, visitBefore());
} catch {
  // The browser has no storage for this site.
}
