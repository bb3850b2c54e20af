// Filters without loading a new page: fetches the parts of the list that depend on its address and
// replaces them. Values of a filter that the page does not show are fetched into their group. On
// any error the browser loads the address instead.
const SPINNER_DELAY_MS = 300;
const TYPING_PAUSE_MS = 200;
// As many as fill a screen. Those after them are laid out in a task of their own.
const FIRST_ENTRIES = 6;
let pending = null;

const view = () => document.getElementById("view");
const announce = (text) => (document.getElementById("result-status").textContent = text);

function addressOf(form) {
  const url = new URL(form.action);
  url.hash = "";
  const pairs = [...new FormData(form)].filter(([, value]) => value !== "");
  url.search = new URLSearchParams(pairs.sort(([first], [second]) => (first < second ? -1 : first > second)));
  return url;
}

// A selector that finds the focused element again in the new page.
function focusSelectorFor(element) {
  if (!element || !view().contains(element)) return null;
  if (element.id) return `#${CSS.escape(element.id)}`;
  if (element.name) {
    return `[name="${CSS.escape(element.name)}"][value="${CSS.escape(element.value)}"]:not([type="hidden"])`;
  }
  return "#resh";
}

// Identifies a disclosure in the old and the new page. Its text is the last choice.
const disclosureKey = (details) => details.className || details.querySelector("summary").textContent;

function openDetails() {
  return [...view().querySelectorAll("details[open]")].map(disclosureKey);
}

// Lets the browser handle input between two long pieces of work.
const nextTask = () => new Promise((resolve) => setTimeout(resolve));

async function fetchElement(url, signal) {
  const response = await fetch(url, { signal, headers: { Accept: "text/html" } });
  if (!response.ok) throw new Error(`status ${response.status}`);
  const template = document.createElement("template");
  template.innerHTML = await response.text();
  if (!template.content.firstElementChild) throw new Error("nothing in the response");
  await nextTask();
  signal?.throwIfAborted();
  return template.content.firstElementChild;
}

// Takes the entries after the first ones out of a view; returns a function that puts them back.
function detachLaterEntries(newView) {
  const items = [...newView.querySelectorAll(".entries > li")].slice(FIRST_ENTRIES);
  const places = items.map((item) => [item.parentNode, item]);
  for (const item of items) item.remove();
  return () => places.forEach(([list, item]) => list.append(item));
}

async function replace(newView, url, { push, focus }) {
  // The head of an incident depends on the day too.
  if (newView.dataset.known !== view().dataset.known) return location.assign(url);
  const selector = focus ? "#resh" : focusSelectorFor(document.activeElement);
  const open = openDetails();
  for (const details of newView.querySelectorAll("details")) {
    if (open.includes(disclosureKey(details))) details.open = true;
  }
  const attachLaterEntries = detachLaterEntries(newView);
  view().replaceWith(newView);
  document.title = document.title.replace(/^.*(?= · )/s, () => newView.dataset.title);
  if (push) history.pushState({ list: true }, "", url);
  announce(newView.dataset.status);
  document.dispatchEvent(new CustomEvent("results:replaced"));
  // After the event, because the focused element may be one that a script adds.
  if (selector) newView.querySelector(selector)?.focus({ preventScroll: !focus });
  await nextTask();
  attachLaterEntries();
  document.dispatchEvent(new CustomEvent("results:attached"));
}

async function show(url, options) {
  pending?.abort();
  const controller = (pending = new AbortController());
  const timer = setTimeout(() => view().setAttribute("aria-busy", "true"), SPINNER_DELAY_MS);
  try {
    const newView = await fetchElement(view().dataset.fragment + new URL(url).search, controller.signal);
    await replace(newView, url, options);
  } catch (problem) {
    if (problem.name !== "AbortError") location.assign(url);
  } finally {
    clearTimeout(timer);
    if (controller === pending) view().removeAttribute("aria-busy");
  }
}

// Fetches what the page at this address lists: values of a filter, or a table.
async function fetchPart(url, signal) {
  const address = new URL(url);
  address.pathname += "fragment/";
  const part = await fetchElement(address, signal);
  if (part.dataset.status) announce(part.dataset.status);
  return part;
}

// Puts the other values of a filter in the place of the link to them, below a search box.
async function openFinder(link) {
  const box = document.createElement("input");
  let list = document.createElement("div");
  let controller = new AbortController();
  let timer;
  box.type = "search";
  box.className = "find";
  box.setAttribute("aria-label", link.dataset.find);
  box.placeholder = link.dataset.find;
  async function fill(name, text) {
    controller.abort();
    controller = new AbortController();
    const url = new URL(link.href);
    if (text) url.searchParams.set(name, text);
    try {
      const options = await fetchPart(url, controller.signal);
      list.replaceWith(options);
      list = options;
    } catch (problem) {
      if (problem.name !== "AbortError") location.assign(name === "find" ? url : link.href);
    }
  }
  box.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      const words = box.value.trim();
      fill(words ? "find" : "start", words || link.dataset.start);
    }, TYPING_PAUSE_MS);
  });
  link.replaceWith(box, list);
  box.focus();
  fill("start", link.dataset.start);
}

// Puts what a link leads to in its place.
async function showInPlace(link) {
  try {
    const part = await fetchPart(link.href);
    link.replaceWith(part);
    const first = part.querySelector("input, a");
    first?.focus();
  } catch {
    location.assign(link.href);
  }
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
  // Enter in the search box of a list does not submit the form.
  if (event.key === "Enter" && event.target.className === "find") event.preventDefault();
});

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href]");
  const isPlainClick = !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey || event.button);
  if (!link || !isPlainClick || !view().contains(link)) return;
  if (link.className === "more") {
    event.preventDefault();
    if (link.dataset.find) openFinder(link);
    else showInPlace(link);
    return;
  }
  const url = new URL(link.href?.baseVal ?? link.href, location.href);
  const isSamePage = url.origin === location.origin && url.pathname === location.pathname;
  if (!isSamePage || url.hash || url.search === location.search) return;
  event.preventDefault();
  const isPageLink = link.closest(".pager, .jump") !== null;
  show(url, { push: true, focus: isPageLink });
});

addEventListener("popstate", () => {
  if (!location.hash) show(location.href, { push: false });
});
