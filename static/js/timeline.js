// Filters without loading a new page: fetches the address of the filter form and replaces the part
// of the page that depends on it. On any error the browser loads the address instead.
const SPINNER_DELAY_MS = 300;
let pending = null;

const view = () => document.getElementById("view");

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
const disclosureKey = (details) =>
  details.dataset.more || details.className || details.querySelector("summary").textContent;

function openDetails() {
  return [...view().querySelectorAll("details[open]")].map(disclosureKey);
}

function replace(text, url, { push, focus }) {
  const page = new DOMParser().parseFromString(text, "text/html");
  const newView = page.getElementById("view");
  if (!newView) throw new Error("no list in the response");
  const selector = focus ? "#resh" : focusSelectorFor(document.activeElement);
  const open = openDetails();
  view().replaceWith(document.adoptNode(newView));
  document.title = page.title;
  for (const details of view().querySelectorAll("details")) {
    if (open.includes(disclosureKey(details))) details.open = true;
  }
  if (push) history.pushState({ list: true }, "", url);
  document.getElementById("result-status").textContent = newView.dataset.status;
  prepare();
  document.dispatchEvent(new CustomEvent("results:replaced"));
  // Last, because the focused element may be one that a script adds.
  if (selector) view().querySelector(selector)?.focus({ preventScroll: !focus });
}

async function show(url, options) {
  pending?.abort();
  const controller = (pending = new AbortController());
  const timer = setTimeout(() => view().setAttribute("aria-busy", "true"), SPINNER_DELAY_MS);
  try {
    const response = await fetch(url, { signal: controller.signal, headers: { Accept: "text/html" } });
    if (!response.ok) throw new Error(`status ${response.status}`);
    replace(await response.text(), url, options);
  } catch (problem) {
    if (problem.name !== "AbortError") location.assign(url);
  } finally {
    clearTimeout(timer);
    if (controller === pending) view().removeAttribute("aria-busy");
  }
}

// Adds a search box to a long list of options.
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
  // Enter in the search box of a list does not submit the form.
  if (event.key === "Enter" && event.target.className === "find") event.preventDefault();
});

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href]");
  const isPlainClick = !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey || event.button);
  if (!link || !isPlainClick || !view().contains(link)) return;
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

prepare();
