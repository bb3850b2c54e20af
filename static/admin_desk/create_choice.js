// Shows in each line of an autocomplete what distinguishes its row, and creates a row from the lines
// “Create person “…””. Without this script there is a button beside the field.
"use strict";

function choiceLine(choice) {
  const line = document.createElement("span");
  line.append(choice.text);
  if (choice.create) line.className = "create-line";
  if (choice.note) {
    const note = document.createElement("span");
    note.className = "choice-note";
    note.textContent = choice.note;
    line.append(" ", note);
  }
  return line;
}

// One line of status below each field.
function statusOf(select) {
  const id = `${select.id}-created`;
  let status = document.getElementById(id);
  if (!status) {
    status = document.createElement("p");
    status.id = id;
    status.className = "created";
    status.setAttribute("role", "status");
    (select.closest(".related-widget-wrapper") ?? select.parentElement).append(status);
  }
  return status;
}

function chooseRow(select, row) {
  const option = new Option(row.text, row.id, true, true);
  if (!select.multiple) select.replaceChildren(new Option("", ""), option);
  else select.append(option);
  window.django.jQuery(select).trigger("change");
}

function showCreated(select, answer) {
  const status = statusOf(select);
  const link = document.createElement("a");
  link.href = answer.url;
  link.target = "_blank";
  link.textContent = answer.open;
  status.classList.remove("problem");
  status.replaceChildren(`${answer.message} `, link);
}

function showProblem(select, answer, action) {
  const status = statusOf(select);
  status.classList.add("problem");
  status.replaceChildren(answer.problem);
  if (!answer.again) return;
  const again = document.createElement("button");
  again.type = "button";
  again.textContent = answer.again;
  again.addEventListener("click", () => createRow(select, { ...action, again: true }));
  status.append(" ", again);
}

async function createRow(select, action) {
  const body = new FormData();
  for (const name of ["name", "kind"]) body.set(name, action[name]);
  if (action.again) body.set("again", "1");
  body.set("csrfmiddlewaretoken", select.form.elements.csrfmiddlewaretoken.value);
  try {
    const response = await fetch(action.url, {
      method: "POST", body, headers: { "X-Requested-With": "XMLHttpRequest" },
    });
    const answer = await response.json();
    if (response.ok) {
      chooseRow(select, answer);
      showCreated(select, answer);
    } else {
      showProblem(select, answer, action);
    }
  } catch {
    // Signed out, or no connection: the answer is a page, or none.
    const form = document.querySelector("[data-not-created]");
    showProblem(select, { problem: form?.dataset.notCreated ?? "" }, action);
  }
}

// Before Select2 is started, which jQuery does after this event.
document.addEventListener("DOMContentLoaded", () => {
  const jQuery = window.django.jQuery;
  jQuery.fn.select2?.defaults.set("templateResult", choiceLine);
  jQuery(document).on("select2:selecting", "select.admin-autocomplete", (event) => {
    const choice = event.params.args.data;
    if (!choice.create) return;
    event.preventDefault();
    const select = event.target;
    jQuery(select).select2("close");
    createRow(select, choice.create);
  });
});
