// The lines of the workbench: Enter saves a line without loading the page and goes to the next one,
// the words of a new line fill in its empty cells, a date is read from the day of the source. Without
// this script the lines are one form with a button.
"use strict";

class Lines {
  constructor(form) {
    this.attach(form);
    this.isNative = false;
    this.kind = "statement"; // of the table that was used last
  }

  attach(form) {
    this.form = form;
    this.status = form.querySelector(".lines-status");
    for (const node of form.querySelectorAll("[data-needs-script]")) node.hidden = false;
    for (const box of form.querySelectorAll("textarea")) fitHeight(box);
  }

  begin() {
    // Before workbench.js, which takes the same keys for the form of a fact.
    window.addEventListener("keydown", (event) => this.onSaveKey(event), true);
    document.addEventListener("keydown", (event) => this.onKey(event));
    document.addEventListener("focusin", ({ target }) => {
      const row = this.rowOf(target);
      if (row) this.kind = kindOf(row);
    });
    document.addEventListener("input", (event) => this.onInput(event));
    document.addEventListener("focusout", (event) => this.onLeave(event));
    document.addEventListener("submit", (event) => this.onSubmit(event));
    document.addEventListener("click", (event) => {
      const button = event.target.closest(".to-line");
      if (button) this.addWords(button.dataset.kind);
    });
    document.addEventListener("workbench:saved", (event) => this.merge(event.detail));
    window.addEventListener("resize", () => {
      for (const box of this.form.querySelectorAll("textarea")) fitHeight(box);
    });
    window.addEventListener("beforeunload", (event) => {
      if (!this.isNative && this.changed().length) event.preventDefault();
    });
  }

  changed() {
    return [...this.form.querySelectorAll("tr[data-changed], tr.refused")];
  }

  rowOf(target) {
    return this.form.contains(target) ? target.closest?.("tr[data-line]") : null;
  }

  // --- Typing ---

  onKey(event) {
    const row = this.rowOf(event.target);
    if (row && event.key === "Enter" && event.target.matches(".line-cell")) {
      if (event.shiftKey || event.isComposing || event.defaultPrevented) return;
      event.preventDefault();
      this.saveAndGoOn(row);
    } else if (event.key.toLowerCase() === "l" && event.target.matches?.(".article")) {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      this.addWords();
    }
  }

  // In a line Ctrl+S saves it, and Ctrl+Enter publishes it and goes on.
  onSaveKey(event) {
    const row = this.rowOf(event.target);
    const isKey = event.key === "Enter" || event.key.toLowerCase() === "s";
    if (!row || !isKey || !(event.ctrlKey || event.metaKey)) return;
    if (event.altKey || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    event.stopPropagation();
    if (event.key === "Enter") this.publishAndGoOn(row);
    else this.saveAndStay(row, event.target);
  }

  onInput(event) {
    const row = this.rowOf(event.target);
    if (!row) return;
    row.dataset.changed = "";
    event.target.closest("td").classList.remove("filled");
    if (event.target.matches("textarea")) fitHeight(event.target);
  }

  onLeave(event) {
    const row = this.rowOf(event.target);
    if (!row || !("changed" in row.dataset)) return;
    const box = event.target;
    if (box.matches("textarea") && row.matches(".new, .refused")) this.fill(row, { words: box.value });
    if (box.matches("[data-date]")) this.readDate(row, box);
  }

  // --- What the text tells ---

  // Selected words of the text become the words of the new line of a table.
  addWords(kind = this.kind) {
    const { start, end, text } = document.querySelector(".bench")?.dataset ?? {};
    const row = this.tableOf(kind)?.querySelector("tr.new");
    if (!row || start === undefined || start === end) return;
    if ("changed" in row.dataset) {
      this.focusOn(row);
      return;
    }
    row.dataset.changed = "";
    row.dataset.fromText = "";
    this.fill(row, { start, end, text_number: text });
  }

  tableOf(kind) {
    return this.form.querySelector(`tbody[data-kind="${kind}"]`);
  }

  async fill(row, parameters) {
    const words = cellOf(row, "words");
    const typed = words.value;
    if ("words" in parameters && (!typed.trim() || typed === row.dataset.filledFrom)) return;
    const url = new URL(this.form.dataset.fillUrl, location);
    url.searchParams.set("kind", kindOf(row));
    for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
    let answer;
    try {
      const response = await fetch(url, { headers: { Accept: "application/json" } });
      answer = await response.json();
    } catch {
      return; // the server fills the cells in when the line is saved
    }
    if (!row.isConnected || words.value !== typed) return;
    if (answer.problem) {
      showNote(row, "words", answer.problem, true);
      return;
    }
    const isFirst = !cellOf(row, "filled").value;
    for (const [name, value] of Object.entries(answer.cells)) {
      const box = cellOf(row, name);
      const isEmpty = box?.matches(".line-cell") && !box.value;
      if (isFirst && isEmpty && name !== "words" && value) {
        box.value = value;
        if (box === document.activeElement) box.select?.(); // what is typed replaces it
        for (const part of ["key", "phrase"]) {
          const hidden = cellOf(row, `${name}_${part}`);
          if (hidden) hidden.value = answer.cells[`${name}_${part}`] ?? "";
        }
        box.closest("td").classList.add("filled");
        showNote(row, name, answer.notes[name] ?? "");
      }
    }
    if (isFirst) words.value = answer.cells.words;
    fitHeight(words);
    row.dataset.filledFrom = words.value;
    cellOf(row, "passage").value = answer.cells.passage;
    cellOf(row, "filled").value = "1";
    showNote(row, "words", answer.notes.words ?? "");
    if ("fromText" in row.dataset) this.focusOn(row);
  }

  // Words such as “Friday” become the date that they mean on the day of the source.
  async readDate(row, box) {
    const text = box.value.trim();
    if (!text || text === box.dataset.read) return;
    const url = new URL(this.form.dataset.readingUrl, location);
    url.searchParams.set("text", text);
    url.searchParams.set("source", this.form.dataset.source);
    let answer;
    try {
      const response = await fetch(url, { headers: { Accept: "application/json" } });
      answer = await response.json();
    } catch {
      return; // the server reads it when the line is saved
    }
    if (!row.isConnected || box.value.trim() !== text) return;
    const [proposal] = answer.proposals ?? [];
    const name = box.name.split("-").pop();
    if (proposal) {
      cellOf(row, `${name}_phrase`).value = text;
      box.value = proposal.edtf;
      box.closest("td").classList.add("filled");
    }
    box.dataset.read = box.value;
    const problem = proposal ? "" : answer.problem;
    showNote(row, name, proposal?.sentence ?? (problem || answer.reading), Boolean(problem));
  }

  focusOn(row) {
    const boxes = [...row.querySelectorAll(".line-cell")];
    const box = boxes.find((cell) => cell.closest("td.errors")) ?? boxes.find((cell) => !cell.value);
    (box ?? boxes[0])?.focus();
    row.scrollIntoView({ block: "nearest" });
  }

  // --- Saving ---

  async saveAndGoOn(row) {
    const isFromText = "fromText" in row.dataset;
    const saved = await this.saveIfChanged(row);
    if (saved) this.goOn(saved, isFromText);
  }

  async saveAndStay(row, { name }) {
    const cell = name.split("-").pop();
    const saved = await this.saveIfChanged(row);
    if (saved) cellOf(saved, cell)?.focus();
  }

  // A line that was saved but not published stays, with the reason in the bar.
  async publishAndGoOn(row) {
    if (row.matches(".new") && !("changed" in row.dataset)) return;
    const isFromText = "fromText" in row.dataset;
    const saved = await this.save(row, "_publish_line");
    if (!saved) this.focusOnRefused(row);
    else if (saved.querySelector(".line-cell")) this.focusOn(saved);
    else this.goOn(saved, isFromText);
  }

  // Returns the row; undefined if it was refused, and then has the focus.
  async saveIfChanged(row) {
    const isChanged = "changed" in row.dataset || row.matches(".refused");
    const saved = isChanged ? await this.save(row) : row;
    if (!saved) this.focusOnRefused(row);
    return saved;
  }

  goOn(row, isFromText) {
    if (isFromText) {
      document.querySelector(".article")?.focus();
      return;
    }
    let next = row.nextElementSibling;
    while (next && !next.querySelector(".line-cell")) next = next.nextElementSibling;
    if (next) this.focusOn(next);
  }

  focusOnRefused({ dataset }) {
    const refused = this.form.querySelector(`tr[data-line="${dataset.line}"]`)
      ?? this.form.querySelector("tr.refused");
    if (refused) this.focusOn(refused);
  }

  onSubmit(event) {
    if (event.target !== this.form) return;
    const isSave = event.submitter?.name === "_save_lines";
    if (this.isNative || !isSave) { // the browser itself shows the answer
      this.isNative = true;
      return;
    }
    event.preventDefault();
    this.saveAll();
  }

  async saveAll() {
    const rows = this.changed();
    for (const row of rows) await this.save(row); // in the order of the lines
    const refused = this.form.querySelector("tr.refused");
    if (refused) this.focusOn(refused);
  }

  // Returns the row of the saved line; undefined if it was refused or got no answer.
  async save(row, button = "_save_lines") {
    if (row.matches("[aria-busy]")) return undefined;
    const { line } = row.dataset;
    const data = new FormData();
    for (const [name, value] of new FormData(this.form)) {
      if (name === "line" ? value === line : !name.startsWith("line-")) data.append(name, value);
      else if (name.startsWith(`line-${line}-`)) data.append(name, value);
    }
    data.append(button, "1");
    row.setAttribute("aria-busy", "true");
    this.status.textContent = "";
    try {
      const response = await fetch(this.form.action, {
        method: "POST", body: data, headers: { "X-Requested-With": "XMLHttpRequest" },
      });
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      if (response.status >= 500) {
        this.showProblem();
      } else if (response.ok && page.querySelector("form.lines")) {
        return this.show(row, page, new URL(response.url).searchParams.get("line"));
      } else {
        this.isNative = true; // signing in again, or a refusal: a page of its own
        this.form.requestSubmit();
      }
    } catch {
      this.showProblem();
    } finally {
      row.removeAttribute("aria-busy");
    }
    return undefined;
  }

  showProblem() {
    this.status.textContent = this.form.dataset.unsent;
    this.status.classList.add("problem");
  }

  show(row, page, savedKey) {
    const { line } = row.dataset;
    const answer = savedKey
      ? page.querySelector(`tr[data-line="${savedKey}"]`)
      : page.querySelector(`tr[data-line="${line}"]`) ?? page.querySelector("tr.refused");
    if (!answer) return row; // nothing had been changed
    this.form.querySelector(`tr[data-of="${line}"]`)?.remove();
    this.form.querySelector("tr.saved")?.classList.remove("saved");
    const problems = page.querySelector(`tr[data-of="${answer.dataset.line}"]`);
    row.replaceWith(...[answer, problems].filter(Boolean));
    for (const box of answer.querySelectorAll("textarea")) fitHeight(box);
    const empty = page.querySelector(`tbody[data-kind="${kindOf(answer)}"] tr.new`);
    const table = answer.parentElement;
    if (empty && !table.querySelector("tr.new")) table.append(empty);
    this.showRest(page, answer);
    document.dispatchEvent(new CustomEvent("lines:saved", { detail: page }));
    return savedKey ? answer : undefined;
  }

  // The other parts of the page that a saved line changes, and its messages.
  showRest(page, row) {
    for (const selector of [".proposals", ".entered", ".known-names", ".lines-bar"]) {
      const part = page.querySelector(selector);
      if (part) document.querySelector(selector)?.replaceWith(part);
    }
    this.attach(this.form);
    const warnings = [...page.querySelectorAll(".messagelist :is(.warning, .error)")];
    const isSaved = !row.matches(".refused");
    this.status.classList.remove("problem");
    this.status.textContent = [
      isSaved ? this.form.dataset.saved : "",
      ...warnings.map((warning) => warning.textContent.trim()),
    ].filter(Boolean).join(" ");
  }

  // After a fact was saved or undone above: the lines, and the bar. What is being typed stays.
  merge(page) {
    const stored = [...page.querySelectorAll(".lines tbody tr[data-line]:not(.new)")];
    const keys = new Set(stored.map((row) => row.dataset.line));
    for (const row of this.form.querySelectorAll("tbody tr[data-line]:not(.new)")) {
      if (!keys.has(row.dataset.line) && !row.matches("[data-changed], .refused")) row.remove();
    }
    for (const row of stored) {
      const own = this.form.querySelector(`tr[data-line="${row.dataset.line}"]`);
      if (own?.matches("[data-changed], .refused")) continue;
      if (own) own.replaceWith(row);
      else this.addRow(row);
    }
    const [bar, own] = [page, this.form].map((part) => part.querySelector(".lines-bar"));
    if (bar && own) own.replaceWith(bar);
    this.attach(this.form);
  }

  addRow(row) {
    const table = this.tableOf(kindOf(row));
    const empty = table?.querySelector("tr.new");
    if (empty) empty.before(row);
    else table?.append(row);
  }
}

// The kind of a line: “statement”, “event” or “request”.
function kindOf(row) {
  return row.dataset.line.split("-")[0];
}

// A box of a line, or a hidden field beside it.
function cellOf(row, name) {
  return row.querySelector(`[name="line-${row.dataset.line}-${name}"]`);
}

function showNote(row, name, text, isProblem = false) {
  const note = row.querySelector(`.cell-${name} .note`);
  note.textContent = text;
  note.classList.toggle("problem", isProblem);
}

// A box is as high as its words.
function fitHeight(box) {
  box.style.height = "auto";
  box.style.height = `${box.scrollHeight + 2}px`;
}

document.addEventListener("DOMContentLoaded", () => {
  const form = document.querySelector("form.lines");
  if (form) new Lines(form).begin();
});
