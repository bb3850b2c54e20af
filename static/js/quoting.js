// Copies quotations with what must go along: the kind of words, who spoke, where it is printed, and
// the address. Shows references in other forms without loading the page.
const SHOWN_MS = 5000;
const words = document.getElementById("quoting").dataset;

async function fetchPage(address) {
  const url = new URL(address, location.href);
  if (url.pathname === location.pathname && url.search === location.search) return document;
  const response = await fetch(url, { headers: { Accept: "text/html" } });
  if (!response.ok) throw new Error(`status ${response.status}`);
  return new DOMParser().parseFromString(await response.text(), "text/html");
}

// The browser asks for the texts once it has allowed to write to the clipboard.
function write(address, form) {
  const page = fetchPage(address);
  const text = (name, type) =>
    page.then((it) => new Blob([it.querySelector(`[data-form="${name}"]`).textContent], { type }));
  return navigator.clipboard.write([
    new ClipboardItem({ "text/plain": text(form, "text/plain"), "text/html": text("html", "text/html") }),
  ]);
}

function copyButton(link, form) {
  const button = document.createElement("button");
  const status = document.createElement("span");
  button.type = "button";
  button.className = link.className;
  button.textContent = link.textContent;
  let timer;
  status.className = "vh";
  status.setAttribute("role", "status");
  button.addEventListener("click", async () => {
    try {
      await write(link.href, form);
    } catch {
      location.assign(link.href); // to the text itself
      return;
    }
    clearTimeout(timer);
    button.textContent = words.copied;
    button.classList.add("copied");
    status.textContent = words.copied;
    timer = setTimeout(() => {
      button.textContent = link.textContent;
      button.classList.remove("copied");
      status.textContent = "";
    }, SHOWN_MS);
  });
  return [button, status];
}

function addButtons() {
  for (const box of document.querySelectorAll("[data-form]:not(.with-button)")) {
    const link = document.querySelector("a.copy-words");
    if (link) box.after(...copyButton(link, box.dataset.form));
    box.classList.add("with-button");
  }
  for (const link of document.querySelectorAll("a.copy-words")) link.replaceWith(...copyButton(link, "plain"));
}

// Without the clipboard the links stay, and lead to the text.
if (navigator.clipboard && window.ClipboardItem) {
  addButtons();
  document.addEventListener("results:attached", addButtons);
}

document.addEventListener("copy", (event) => {
  const selection = getSelection();
  if (!selection.rangeCount || selection.isCollapsed || event.target.closest?.("input, textarea")) return;
  const range = selection.getRangeAt(0);
  const start = range.startContainer;
  const quotation = (start.closest ? start : start.parentElement)?.closest("[data-caveat]");
  if (!quotation) return;
  // Three clicks select as far as the start of the next block.
  const rest = document.createRange();
  rest.selectNodeContents(quotation);
  rest.collapse(false);
  rest.setEnd(range.endContainer, range.endOffset);
  if (rest.toString().trim()) return;
  const box = document.createElement("div");
  const note = document.createElement("p");
  note.textContent = quotation.dataset.caveat;
  box.append(range.cloneContents(), note);
  event.clipboardData.setData("text/plain", `${selection.toString().trimEnd()}\n${quotation.dataset.caveat}`);
  event.clipboardData.setData("text/html", box.innerHTML);
  event.preventDefault();
});

document.addEventListener("click", async (event) => {
  const link = event.target.closest(".cite-forms a:not([download])");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  try {
    const panel = (await fetchPage(link.href)).getElementById("cite");
    document.getElementById("cite").replaceWith(panel);
    document.getElementById(link.id).focus({ preventScroll: true });
  } catch {
    location.assign(link.href);
  }
});
