// The lists of names in the cells of the lines: rows with what distinguishes them, and lines that
// create a row of the typed name. Without this script a name is typed in full.
"use strict";

const CHOICES_PAUSE_MS = 150; // after the last key
const CHOICES_ID = "line-choices";

class LineChoices {
  constructor(form) {
    this.form = form;
    this.list = document.createElement("ul");
    this.list.id = CHOICES_ID;
    this.list.className = "line-choices";
    this.list.setAttribute("role", "listbox");
    this.box = null;
    this.choices = [];
    this.active = -1;
    this.last = null; // the box for a name that had the focus last
  }

  begin() {
    this.form.addEventListener("click", (event) => this.onKnownName(event));
    this.form.addEventListener("input", (event) => this.onInput(event));
    this.form.addEventListener("focusin", (event) => this.onFocus(event));
    this.form.addEventListener("focusout", () => this.close());
    // Before lines.js, which saves a line with Enter.
    this.form.addEventListener("keydown", (event) => this.onKey(event));
    // The focus stays in the box.
    this.list.addEventListener("mousedown", (event) => event.preventDefault());
    this.list.addEventListener("click", (event) => {
      const option = event.target.closest("[role=option]");
      if (option) this.choose(Number(option.dataset.number));
    });
  }

  onFocus({ target }) {
    if (!target.matches("[data-choices]")) return;
    this.last = target;
    target.setAttribute("role", "combobox");
    target.setAttribute("aria-autocomplete", "list");
    target.setAttribute("aria-expanded", "false");
  }

  onInput({ target }) {
    if (!target.matches("[data-choices]")) return;
    if (!isMany(target)) keyOf(target).value = ""; // keys of several names are matched by name
    target.closest("td").querySelector("select")?.remove();
    noteOf(target).textContent = "";
    this.close(); // nobody chooses what an earlier text offered
    this.timer = setTimeout(() => this.ask(target), CHOICES_PAUSE_MS);
  }

  onKey(event) {
    const { target, key } = event;
    if (!target.matches("[data-choices]") || event.isComposing) return;
    if (key === "ArrowDown" && !this.box) {
      event.preventDefault();
      const known = termOf(target) || !isActor(target) ? [] : this.knownNames();
      if (known.length) this.open(target, known, "");
      else this.ask(target);
    } else if (this.box && ["ArrowDown", "ArrowUp"].includes(key)) {
      event.preventDefault();
      const count = this.choices.length;
      const step = key === "ArrowDown" ? 1 : -1;
      this.activate((this.active + step + count + (this.active < 0 && step < 0 ? 1 : 0)) % count);
    } else if (key === "Escape" && this.box) {
      event.preventDefault();
      this.close();
    } else if (["Enter", "Tab"].includes(key) && this.active >= 0) {
      const isWhole = this.choices[this.active].text === termOf(target);
      if (key === "Enter" && !isWhole) event.preventDefault();
      this.choose(this.active);
    }
  }

  // The names in the text, as choices.
  knownNames() {
    return [...this.form.querySelectorAll("[data-known]")].map(({ dataset }) => ({
      id: dataset.known, text: dataset.name, note: dataset.count,
    }));
  }

  // A name of the text goes into the box that had the focus last, or the speaker of the new line.
  onKnownName(event) {
    const name = event.target.closest("[data-known]")?.dataset;
    if (!name) return;
    const isUsable = this.last?.isConnected && isActor(this.last);
    const box = isUsable ? this.last : this.form.querySelector("tr.new .cell-speaker .line-cell");
    if (!box) return;
    if (isMany(box) && termOf(box)) box.value += "; ";
    this.put(box, name.known, name.name, "");
    box.focus();
  }

  async ask(box) {
    const term = termOf(box);
    const url = new URL(box.dataset.choices, location);
    url.search = new URLSearchParams({
      term,
      create: 1,
      app_label: "desk",
      model_name: box.dataset.of,
      field_name: box.dataset.field,
    });
    try {
      const response = await fetch(url, { headers: { Accept: "application/json" } });
      const answer = await response.json();
      if (document.activeElement !== box || termOf(box) !== term) return;
      this.open(box, answer.results, term);
    } catch {
      this.close(); // the server looks for the name when the line is saved
    }
  }

  open(box, choices, term) {
    this.close();
    const isNew = term && !choices.some((choice) => !choice.create);
    if (isNew) {
      const { none, new: created } = this.form.dataset;
      const isCreated = choices.length && "new" in box.dataset;
      noteOf(box).textContent = isCreated ? created : none;
    }
    if (!choices.length) return;
    this.box = box;
    this.choices = choices;
    this.list.replaceChildren(...choices.map((choice, number) => {
      const option = document.createElement("li");
      option.id = `${CHOICES_ID}-${number}`;
      option.dataset.number = number;
      option.setAttribute("role", "option");
      option.append(choiceLine(choice)); // of create_choice.js
      return option;
    }));
    this.list.setAttribute("aria-label", box.labels[0].textContent);
    box.after(this.list);
    box.setAttribute("aria-expanded", "true");
    box.setAttribute("aria-controls", CHOICES_ID);
    const [first] = choices;
    const isBegun = term && !first.create && first.text.toLowerCase().startsWith(term.toLowerCase());
    if (isBegun) this.activate(0);
  }

  activate(number) {
    this.active = number;
    for (const option of this.list.children) {
      option.setAttribute("aria-selected", String(Number(option.dataset.number) === number));
    }
    const option = this.list.children[number];
    this.box.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  }

  deactivate() {
    this.active = -1;
    for (const option of this.list.children) option.removeAttribute("aria-selected");
    this.box?.removeAttribute("aria-activedescendant");
  }

  close() {
    clearTimeout(this.timer);
    this.deactivate();
    this.list.remove();
    this.choices = [];
    if (!this.box) return;
    this.box.setAttribute("aria-expanded", "false");
    this.box.removeAttribute("aria-controls");
    this.box = null;
  }

  choose(number) {
    const { box } = this;
    const choice = this.choices[number];
    this.close();
    if (choice.create) this.create(box, choice.create);
    else this.put(box, choice.id, choice.text, choice.note ?? "");
  }

  put(box, key, text, note) {
    if (isMany(box)) {
      box.value = [...namesOf(box).slice(0, -1), text].join("; ");
      keyOf(box).value = [keyOf(box).value, key].filter(Boolean).join(",");
    } else {
      box.value = text;
      keyOf(box).value = key;
    }
    noteOf(box).textContent = note;
    noteOf(box).classList.remove("problem");
    box.closest("tr").dataset.changed = "";
  }

  async create(box, action) {
    const body = new FormData();
    for (const name of ["name", "kind"]) body.set(name, action[name]);
    if (action.again) body.set("again", "1");
    body.set("csrfmiddlewaretoken", this.form.elements.csrfmiddlewaretoken.value);
    try {
      const response = await fetch(action.url, {
        method: "POST", body, headers: { "X-Requested-With": "XMLHttpRequest" },
      });
      const answer = await response.json();
      if (response.ok) this.put(box, answer.id, answer.text, answer.message);
      else this.refuse(box, answer.problem);
    } catch {
      this.refuse(box, this.form.dataset.notCreated); // signed out, or no connection
    }
  }

  refuse(box, problem) {
    noteOf(box).textContent = problem;
    noteOf(box).classList.add("problem");
  }
}

function isActor(box) {
  return box.dataset.rows === "actor";
}

function isMany(box) {
  return "many" in box.dataset;
}

// The names in a box for several, with a semicolon between them. The last one is being typed.
function namesOf(box) {
  return box.value.split(/[;；]/).map((name) => name.trim());
}

// What the list of a box offers names for.
function termOf(box) {
  return isMany(box) ? namesOf(box).at(-1) : box.value.trim();
}

function keyOf(box) {
  return box.closest("td").querySelector(`[name="${box.name}_key"]`);
}

function noteOf(box) {
  return box.closest("td").querySelector(".note");
}

document.addEventListener("DOMContentLoaded", () => {
  const form = document.querySelector("form.lines");
  if (form) new LineChoices(form).begin();
});
