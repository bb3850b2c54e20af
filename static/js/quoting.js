// Copies quotations with their caveat. Shows references in other forms without loading the page.
const SHOWN_MS = 5000;
const { copied } = document.getElementById("quoting").dataset;

async function fetchPage(url) {
  const response = await fetch(url);
  return new DOMParser().parseFromString(await response.text(), "text/html");
}

function write(url, form) {
  const page = fetchPage(url);
  const item = {};
  for (const [type, name] of [["text/plain", form], ["text/html", "html"]]) {
    item[type] = page.then((it) => new Blob([it.querySelector(`[data-form=${name}]`).textContent], { type }));
  }
  return navigator.clipboard.write([new ClipboardItem(item)]);
}

function copyButton(link, form) {
  const button = document.createElement("button");
  const status = document.createElement("span");
  let timer;
  function show(text, isCopied) {
    button.textContent = text;
    button.classList.toggle("copied", isCopied);
    status.textContent = isCopied ? text : "";
  }
  button.className = link.className;
  show(link.textContent, false);
  status.className = "vh";
  status.role = "status";
  button.addEventListener("click", async () => {
    try {
      await write(link.href, form);
      clearTimeout(timer);
      show(copied, true);
      timer = setTimeout(show, SHOWN_MS, link.textContent, false);
    } catch {
      location.assign(link.href);
    }
  });
  return [button, status];
}

function addButtons() {
  const links = document.querySelectorAll("a.copy-words");
  for (const box of links.length ? document.querySelectorAll("[data-form]") : []) {
    box.after(...copyButton(links[0], box.dataset.form));
  }
  for (const link of links) link.replaceWith(...copyButton(link, "plain"));
}

// Without the clipboard the links stay.
if (navigator.clipboard && window.ClipboardItem) {
  addButtons();
  document.addEventListener("results:attached", addButtons);
}

document.addEventListener("copy", (event) => {
  const selection = getSelection();
  if (selection.isCollapsed || event.target.closest?.("input, textarea")) return;
  const range = selection.getRangeAt(0);
  const start = range.startContainer;
  const quotation = (start.closest ? start : start.parentElement)?.closest("[data-caveat]");
  if (!quotation) return;
  // Three clicks select as far as the next block.
  const rest = document.createRange();
  rest.selectNodeContents(quotation);
  rest.collapse();
  rest.setEnd(range.endContainer, range.endOffset);
  if (rest.toString().trim()) return;
  const box = document.createElement("div");
  const note = document.createElement("p");
  note.textContent = quotation.dataset.caveat;
  box.append(range.cloneContents(), note);
  event.clipboardData.setData("text/plain", `${selection.toString().trimEnd()}\n${note.textContent}`);
  event.clipboardData.setData("text/html", box.innerHTML);
  event.preventDefault();
});

document.addEventListener("click", async (event) => {
  const link = event.target.closest(".cite-forms a:not([download])");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  try {
    const panel = (await fetchPage(link.href)).getElementById("cite");
    link.closest("#cite").replaceWith(panel);
    panel.querySelector("[aria-current]").focus({ preventScroll: true });
  } catch {
    location.assign(link.href);
  }
});
