// Shows, for each position on a claim, only the value that the claim asks for.
"use strict";

const VALUE_ROWS = { dated: "when", option: "which", number_low: "how_many", actor: "who" };
const CLAIM_ROWS = { options: "which", unit: "how_many" };

function showFittingValues() {
  const question = document.getElementById("id_question");
  if (!question) return;
  for (const [field, asked] of Object.entries(CLAIM_ROWS)) {
    const row = document.querySelector(`#proposition_form > div > fieldset .field-${field}`);
    hideUnless(row, asked === question.value);
  }
  for (const [field, asked] of Object.entries(VALUE_ROWS)) {
    for (const row of document.querySelectorAll(`.inline-related .field-${field}`)) {
      hideUnless(row, asked === question.value);
    }
  }
}

function hideUnless(row, isShown) {
  // A value or an error that does not fit stays in view, so that it can be cleared.
  if (!row) return;
  const isFilled = [...row.querySelectorAll("input, textarea, select")].some((field) => field.value);
  row.hidden = !isShown && !isFilled && !row.querySelector(".errorlist");
}

document.addEventListener("DOMContentLoaded", showFittingValues);
document.addEventListener("formset:added", showFittingValues);
document.addEventListener("change", (event) => {
  if (event.target.id === "id_question") showFittingValues();
});
