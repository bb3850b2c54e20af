// Marks passages of a source's text with the mouse or with keys, fetches the form of a fact for
// them, and saves it without loading the page again. Without this script passages are chosen by
// paragraph and words, and each form loads a page. Needs article.js.
"use strict";

// The parts of the page that change when a form is saved.
const SAVED_PARTS = [".bench", ".proposals", ".entered"];

class Workbench {
  constructor(bench) {
    this.isSending = false;
    this.attach(bench);
  }

  // Takes the elements of the page, anew after each save.
  attach(bench) {
    this.bench = bench;
    this.article = new Article(bench.querySelector(".article"));
    this.maker = bench.querySelector(".maker");
    this.panel = bench.querySelector(".bench-fact");
    this.status = bench.querySelector(".selected-words");
    this.keys = bench.querySelector(".key-help");
    // Where reading goes on; nothing is selected while start and end are the same.
    this.start = this.end = Number(bench.dataset.at) || 0;
    this.isChanged = Boolean(this.panel.querySelector(".errornote"));
  }

  begin() {
    document.addEventListener("selectionchange", () => this.readSelection());
    document.addEventListener("keydown", (event) => this.onSaveKey(event));
    document.addEventListener("submit", (event) => this.onSubmit(event));
    document.addEventListener("click", (event) => this.onChangeLink(event));
    document.addEventListener("lines:saved", (event) => this.showText(event.detail));
    window.addEventListener("beforeunload", (event) => {
      if (this.isChanged) event.preventDefault();
    });
    this.listen();
    this.showFact();
    if (!this.bench.dataset.at) return;
    this.goOn();
    // The fragment of the address takes the focus away when the page is complete.
    window.addEventListener("load", () => this.goOn());
  }

  listen() {
    const { element } = this.article;
    element.addEventListener("keydown", (event) => this.onKey(event));
    this.maker.addEventListener("submit", (event) => {
      if (this.start === this.end || this.hasTyped()) return;
      event.preventDefault();
      this.make(event.submitter.value);
    });
    this.panel.addEventListener("input", () => { this.isChanged = true; });
    this.panel.addEventListener("click", (event) => {
      const button = event.target.closest("[data-actor]");
      if (button) this.useName(button);
    });
    this.bench.querySelector(".show-keys").addEventListener("click", () => this.keys.showModal());
    for (const node of this.bench.querySelectorAll("[data-needs-script]")) node.hidden = false;
  }

  hasTyped() {
    return ["paragraph", "from_word", "to_word"].some((name) => this.maker.elements[name].value);
  }

  // --- Selecting ---

  readSelection() {
    const selection = document.getSelection();
    if (!selection.rangeCount || selection.isCollapsed) return;
    const range = selection.getRangeAt(0);
    const start = this.article.placeOf(range.startContainer, range.startOffset);
    const end = this.article.placeOf(range.endContainer, range.endOffset);
    if (start === undefined || end === undefined || start === end) return;
    this.showPassage(start, end);
  }

  select(start, end) {
    const range = this.article.range(start, end);
    const selection = document.getSelection();
    selection.removeAllRanges();
    selection.addRange(range);
    for (const place of [end - 1, start]) {
      this.article.paragraphAt(place).node.scrollIntoView({ block: "nearest" });
    }
    this.showPassage(start, end);
  }

  showPassage(start, end) {
    [this.start, this.end] = [start, end];
    Object.assign(this.bench.dataset, { start, end }); // for lines.js
    const words = this.article.words.filter(([from, to]) => from < end && to > start).length;
    const number = this.article.paragraphAt(start).node.closest("li").value;
    this.status.textContent = this.status.dataset.pattern
      .replace("{paragraph}", number).replace("{words}", words);
    this.status.hidden = false;
    if (globalThis.Highlight) {
      CSS.highlights.set("passage", new Highlight(this.article.range(start, end)));
    }
  }

  // The passages that a page has marked meanwhile.
  showText(page) {
    const { element } = this.article;
    element.replaceChildren(...page.querySelector(".article").children);
    this.article = new Article(element);
  }

  goOn() {
    this.article.element.focus({ preventScroll: true });
    this.article.paragraphAt(this.start).node.scrollIntoView({ block: "center" });
  }

  // --- Keys ---

  onKey(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const { sentences, words } = this.article;
    const actions = {
      j: () => this.toParagraph(1),
      k: () => this.toParagraph(-1),
      ArrowRight: () => this.toSpan(sentences.find(([start]) => start >= this.end)),
      ArrowLeft: () => this.toSpan(sentences.findLast(([, end]) => end <= this.start)),
      "]": () => this.widen(this.start, sentences.find(([, end]) => end > this.end)?.[1]),
      "[": () => this.widen(sentences.findLast(([start]) => start < this.start)?.[0], this.end),
      ".": () => this.widen(this.start, words.find(([, end]) => end > this.end)?.[1]),
      ",": () => this.widen(words.findLast(([start]) => start < this.start)?.[0], this.end),
      ">": () => this.widen(words.find(([start]) => start > this.start)?.[0], this.end),
      "<": () => this.widen(this.start, words.findLast(([, end]) => end < this.end)?.[1]),
      "?": () => this.keys.showModal(),
    };
    for (const button of this.maker.querySelectorAll("button[data-key]")) {
      actions[button.dataset.key] = () => this.make(button.value);
    }
    this.panel.querySelectorAll("[data-actor]").forEach((button, index) => {
      actions[index + 1] = () => this.useName(button);
    });
    if (event.shiftKey && event.key.startsWith("Arrow")) return; // widens by itself
    const action = actions[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!action) return;
    event.preventDefault();
    action();
  }

  onSaveKey(event) {
    const name = { s: "save", Enter: "next" }[event.key];
    if (!name || !(event.ctrlKey || event.metaKey)) return;
    const button = this.panel.querySelector(`button[data-press="${name}"]`);
    if (!button) return;
    event.preventDefault();
    button.form.requestSubmit(button);
  }

  toSpan(span) {
    if (span) this.select(...span);
  }

  // The first sentence of the next or the last paragraph. Before anything is selected, the first.
  toParagraph(step) {
    const { paragraphs, sentences } = this.article;
    const isFresh = this.start === 0 && this.end === 0;
    const index = paragraphs.indexOf(this.article.paragraphAt(this.start)) + (isFresh ? 0 : step);
    const paragraph = paragraphs[index];
    if (paragraph) this.toSpan(sentences.find(([start]) => start >= paragraph.start));
  }

  widen(start, end) {
    if (start !== undefined && end !== undefined && start < end) this.select(start, end);
  }

  // --- The fact ---

  async make(kind) {
    if (this.start === this.end) return;
    if (this.isChanged && !window.confirm(this.panel.dataset.confirm)) return;
    const url = new URL(location.pathname, location);
    url.search = new URLSearchParams({
      make: kind,
      start: this.start,
      end: this.end,
      text_number: this.bench.dataset.text,
      part: "form",
    });
    try {
      const response = await fetch(url);
      if (!response.ok || response.redirected) throw new Error(response.status);
      this.panel.innerHTML = await response.text();
    } catch {
      url.searchParams.delete("part");
      location.assign(url); // the whole page says what is wrong
      return;
    }
    this.isChanged = false;
    this.showFact();
    if (matchMedia("(max-width: 1023px)").matches) this.panel.scrollIntoView();
  }

  showFact() {
    const form = this.panel.querySelector("form.fact");
    if (!form) return;
    for (const node of form.querySelectorAll("[data-needs-script]")) node.hidden = false;
    // Makes the autocompletes of Django's admin, if the form was fetched.
    if (!form.querySelector(".select2")) {
      form.dispatchEvent(new CustomEvent("formset:added", { bubbles: true }));
    }
    form.dispatchEvent(new CustomEvent("workbench:form", { bubbles: true }));
    const error = form.querySelector(".errors :is(input, select, textarea)");
    if (error) error.focus();
    const { headline, speaker, new_speaker: newSpeaker } = form.elements;
    if (!headline || !speaker) return;
    // The headline of a form that was sent is an editor's own.
    let proposed = "sent" in form.dataset ? null : headline.value;
    const propose = () => {
      if (headline.value !== proposed) return;
      const name = speaker.selectedOptions[0]?.textContent.trim() || newSpeaker?.value.trim();
      const words = form.dataset.headlineWords;
      headline.value = name ? `${name}: ${words}` : words;
      proposed = headline.value;
    };
    // Autocompletes send their changes through jQuery only.
    window.django.jQuery(speaker).on("change", propose);
    newSpeaker?.addEventListener("input", propose);
  }

  // Opens the form of a proposal beside the text, and takes the focus there.
  async onChangeLink(event) {
    const link = event.target.closest(".proposals a[data-make]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    this.select(Number(link.dataset.start), Number(link.dataset.end));
    await this.make(link.dataset.make);
    this.panel.querySelector("form.fact .fact-row :is(textarea, input)")?.focus();
    this.panel.scrollIntoView();
  }

  // One of the last names: the speaker with role and party, or who was asked.
  useName({ dataset }) {
    const { elements } = this.panel.querySelector("form.fact");
    if (elements.speaker) {
      if (elements.new_speaker) elements.new_speaker.value = "";
      if (elements.new_on_behalf_of) elements.new_on_behalf_of.value = "";
      choose(elements.on_behalf_of, dataset.principal, dataset.principalName);
      elements.role_as_of.value = dataset.role;
      choose(elements.speaker, dataset.actor, dataset.actorName);
    } else if (elements.asked) {
      choose(elements.asked, dataset.actor, dataset.actorName);
    }
  }

  // --- Saving ---

  onSubmit(event) {
    const form = event.target;
    if (!form.matches("form.fact, .proposals form")) return;
    if (this.isNative) { // the browser itself shows the answer
      this.isChanged = false;
      return;
    }
    event.preventDefault();
    const isFact = form.matches("form.fact");
    if (!isFact && this.isChanged && !window.confirm(this.panel.dataset.confirm)) return;
    if (!this.isSending) this.send(form, event.submitter);
  }

  // What is typed stays in the form until the server has saved it.
  async send(form, button) {
    const data = new FormData(form, button);
    this.isSending = true;
    form.setAttribute("aria-busy", "true");
    try {
      const response = await fetch(form.action, {
        method: "POST", body: data, headers: { "X-Requested-With": "XMLHttpRequest" },
      });
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      if (response.status >= 500) {
        this.showProblem(form);
      } else if (response.ok && page.querySelector(".bench")) {
        this.show(page, response.url);
      } else {
        this.isNative = true; // signing in again, or a refusal: a page of its own
        form.requestSubmit(button);
      }
    } catch {
      this.showProblem(form);
    } finally {
      this.isSending = false;
      form.removeAttribute("aria-busy");
    }
  }

  showProblem(form) {
    form.querySelector(".unsent")?.remove();
    const problem = document.createElement("p");
    problem.className = "errornote unsent";
    problem.setAttribute("role", "alert");
    problem.textContent = this.panel.dataset.unsent;
    form.prepend(problem);
  }

  show(page, address) {
    history.replaceState(null, "", address);
    for (const selector of SAVED_PARTS) {
      document.querySelector(selector).replaceWith(page.querySelector(selector));
    }
    document.querySelector(".messagelist")?.remove();
    const list = page.querySelector(".messagelist");
    if (list) {
      list.setAttribute("role", "status");
      document.querySelector("#content").before(list);
    }
    document.dispatchEvent(new CustomEvent("workbench:saved", { detail: page })); // for lines.js
    this.attach(document.querySelector(".bench"));
    this.listen();
    this.showFact();
    const next = document.querySelector(".proposals [autofocus]");
    if (next) next.focus();
    else if (this.bench.dataset.at) this.goOn();
  }
}

function choose(select, key, name) {
  if (!select.multiple) select.replaceChildren();
  if (key && ![...select.options].some((option) => option.value === key)) {
    select.append(new Option(name, key, true, true));
  }
  window.django.jQuery(select).trigger("change");
}

document.addEventListener("DOMContentLoaded", () => {
  const bench = document.querySelector(".bench");
  if (bench) new Workbench(bench).begin();
});
