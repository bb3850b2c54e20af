// Filtering without a new page: every filter is a GET, so the address is fetched and the part of
// the page that depends on it is replaced. On any error the browser simply goes there.
const PATIENCE = 300; // milliseconds before a sign of progress
let waiting = null;

const view = () => document.getElementById("view");

function addressOf(form) {
  const url = new URL(form.action);
  url.hash = "";
  const pairs = [...new FormData(form)].filter(([, value]) => value !== "");
  url.search = new URLSearchParams(pairs.sort(([one], [other]) => (one < other ? -1 : one > other)));
  return url;
}

// What the reader was on, in words that hold in the new page too.
function placeOf(element) {
  if (!element || !view().contains(element)) return null;
  if (element.id) return `#${CSS.escape(element.id)}`;
  if (element.name) {
    return `[name="${CSS.escape(element.name)}"][value="${CSS.escape(element.value)}"]:not([type="hidden"])`;
  }
  return "#resh";
}

// What a disclosure is in the next page too; its own words only where nothing else tells it apart.
const nameOf = (one) => one.dataset.more || one.className || one.querySelector("summary").textContent;

function openDetails() {
  return [...view().querySelectorAll("details[open]")].map(nameOf);
}

function replace(text, url, { push, focus }) {
  const page = new DOMParser().parseFromString(text, "text/html");
  const fresh = page.getElementById("view");
  if (!fresh) throw new Error("no list in the answer");
  const place = focus ? "#resh" : placeOf(document.activeElement);
  const open = openDetails();
  view().replaceWith(document.adoptNode(fresh));
  document.title = page.title;
  for (const one of view().querySelectorAll("details")) {
    if (open.includes(nameOf(one))) one.open = true;
  }
  if (push) history.pushState({ list: true }, "", url);
  document.getElementById("said").textContent = fresh.dataset.said;
  prepare();
  document.dispatchEvent(new CustomEvent("results:replaced"));
  // Last, because what had the focus may be made by script.
  if (place) view().querySelector(place)?.focus({ preventScroll: !focus });
}

async function show(url, options) {
  waiting?.abort();
  const mine = (waiting = new AbortController());
  const slow = setTimeout(() => view().setAttribute("aria-busy", "true"), PATIENCE);
  try {
    const answer = await fetch(url, { signal: mine.signal, headers: { Accept: "text/html" } });
    if (!answer.ok) throw new Error(`answered ${answer.status}`);
    replace(await answer.text(), url, options);
  } catch (problem) {
    if (problem.name !== "AbortError") location.assign(url);
  } finally {
    clearTimeout(slow);
    if (mine === waiting) view().removeAttribute("aria-busy");
  }
}

// A box that narrows a long list of choices.
function addFinder(details) {
  const box = document.createElement("input");
  box.type = "search";
  box.className = "find";
  box.setAttribute("aria-label", details.dataset.find);
  box.placeholder = details.dataset.find;
  box.addEventListener("input", () => {
    const words = box.value.trim().toLowerCase();
    for (const item of details.querySelectorAll("li")) {
      item.hidden = !item.textContent.toLowerCase().includes(words);
    }
  });
  details.querySelector("summary").after(box);
}

function prepare() {
  for (const details of view().querySelectorAll("details[data-more]")) addFinder(details);
}

document.addEventListener("change", (event) => {
  const form = event.target.form;
  if (form?.id !== "filters" || event.target.className === "find") return;
  show(addressOf(form), { push: true });
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!view().contains(form) || form.method !== "get") return;
  event.preventDefault();
  show(addressOf(form), { push: true, focus: true });
});

document.addEventListener("keydown", (event) => {
  // Enter in the find box narrows the list; it does not send the form.
  if (event.key === "Enter" && event.target.className === "find") event.preventDefault();
});

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href]");
  const plain = !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey || event.button);
  if (!link || !plain || !view().contains(link)) return;
  const url = new URL(link.href?.baseVal ?? link.href, location.href);
  const same = url.origin === location.origin && url.pathname === location.pathname;
  if (!same || url.hash || url.search === location.search) return;
  event.preventDefault();
  const turns = link.closest(".pager, .jump") !== null;
  show(url, { push: true, focus: turns });
});

addEventListener("popstate", () => {
  if (!location.hash) show(location.href, { push: false });
});

prepare();
