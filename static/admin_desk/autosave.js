// Keeps what is typed in a form in this browser until it is saved, and offers it back. drafts.js
// encrypts the texts and removes them; without a secure connection nothing is kept.
"use strict";

const SAVE_PAUSE_MS = 800; // after the last key
// Fields of the page, not of the text.
const NOT_KEPT = /^(csrfmiddlewaretoken|_whose|_popup|.*-INITIAL_FORMS|.*-(MIN|MAX)_NUM_FORMS)$/;

// Whether this page answers a form that was stored. The text that was sent is not needed any more.
function removeSentDraft() {
  const key = sessionStorage.getItem(SENT_KEY);
  if (!key) return;
  const isRefused = document.querySelector(".errornote");
  const isAnswered = document.querySelector(".messagelist .success, .messagelist .warning");
  if (!isRefused && isAnswered) removeDraft(key);
  if (isRefused || isAnswered) sessionStorage.removeItem(SENT_KEY);
}

// Each field as [name, value, words of a chosen row].
function keptFields(form) {
  const fields = [];
  for (const field of form.elements) {
    if (!field.name || NOT_KEPT.test(field.name) || field.name.includes("__prefix__")) continue;
    if (["submit", "button", "file"].includes(field.type)) continue;
    if (field.type === "checkbox") fields.push([field.name, field.checked ? "on" : ""]);
    else if (field.tagName === "SELECT") {
      const chosen = [...field.selectedOptions].map((option) => [option.value, option.text]);
      fields.push([field.name, chosen]);
    } else fields.push([field.name, field.value]);
  }
  return fields;
}

function addMissingRows(form, fields) {
  for (const [name, value] of fields) {
    if (!name.endsWith("-TOTAL_FORMS")) continue;
    const prefix = name.replace(/-TOTAL_FORMS$/, "");
    const button = document.querySelector(`#${CSS.escape(prefix)}-group .add-row a`);
    const missing = Number(value) - Number(form.elements[name]?.value);
    for (let n = 0; n < missing; n += 1) button?.click();
  }
}

function chooseOptions(select, chosen) {
  for (const option of select.options) option.selected = false;
  for (const [value, text] of chosen) {
    const option = [...select.options].find((choice) => choice.value === value);
    if (option) option.selected = true;
    else select.append(new Option(text, value, true, true));
  }
  window.django.jQuery(select).trigger("change");
}

function putBack(form, fields) {
  addMissingRows(form, fields);
  for (const [name, value] of fields) {
    const field = form.elements[name];
    if (!field || name.endsWith("-TOTAL_FORMS")) continue;
    if (field.type === "checkbox") field.checked = value === "on";
    else if (field.tagName === "SELECT") chooseOptions(field, value);
    else field.value = value;
  }
  form.dispatchEvent(new Event("input", { bubbles: true }));
}

function draftTime(at) {
  return new Date(at).toLocaleString(document.documentElement.lang, {
    dateStyle: "medium", timeStyle: "short",
  });
}

document.addEventListener("DOMContentLoaded", async () => {
  removeSentDraft();
  const offer = document.querySelector(".draft-offer");
  const form = offer?.closest("form");
  if (!form || !crypto.subtle) return;
  const key = `${DRAFT_PREFIX}${offer.dataset.account}:${location.pathname}${location.search}`;
  const note = form.querySelector(".draft-kept");
  let timer;
  let turn = 0; // of the newest text: an older one may be encrypted later
  // Scripts fill in and start fields, too: without a person, the text from before stays.
  let isTyped = false;
  const usages = ["encrypt", "decrypt"];
  const cipherKey = crypto.subtle.importKey("raw", bytesOf(offer.dataset.key), "AES-GCM", false, usages);
  const opened = cipherKey.then((secret) => openDraft(secret, key));

  async function keep() {
    turn += 1;
    const own = turn;
    const at = Date.now();
    const fields = keptFields(form);
    try {
      await opened; // what is stored now is offered before it is replaced
      const sealed = await sealDraft(await cipherKey, key, fields);
      if (own !== turn) return;
      localStorage.setItem(key, sealed);
    } catch {
      return; // full, or not allowed: the page still asks before it is left
    }
    if (!note) return;
    note.hidden = false;
    note.querySelector("time").textContent = draftTime(at);
  }

  function keepSoon(event) {
    if (!isTyped || event.target.matches?.(".select2-search__field")) return;
    clearTimeout(timer);
    timer = setTimeout(keep, SAVE_PAUSE_MS);
  }

  function showOffer(draft) {
    if (!draft || document.querySelector(".errornote")) return;
    if (JSON.stringify(draft.fields) === JSON.stringify(keptFields(form))) return;
    offer.hidden = false;
    offer.querySelector("time").textContent = draftTime(draft.at);
  }

  for (const type of ["input", "keydown", "pointerdown"]) {
    document.addEventListener(type, (event) => { isTyped ||= event.isTrusted; }, true);
  }
  form.addEventListener("input", keepSoon);
  document.addEventListener("formset:removed", keepSoon);
  // Autocompletes send their changes through jQuery only.
  window.django.jQuery(form).on("change", keepSoon);
  form.addEventListener("submit", () => {
    clearTimeout(timer);
    keep();
    sessionStorage.setItem(SENT_KEY, key);
  });
  const draft = await opened;
  offer.querySelector("[data-restore]").addEventListener("click", () => {
    offer.hidden = true;
    putBack(form, draft.fields);
  });
  offer.querySelector("[data-discard]").addEventListener("click", () => {
    offer.hidden = true;
    turn += 1;
    removeDraft(key);
  });
  // After the scripts that fill in or start fields.
  setTimeout(showOffer, 0, draft);
});
