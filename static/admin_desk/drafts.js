// Texts that were typed and not sent, as autosave.js stores them in this browser: encrypted with a
// key of the account, which only pages of its sessions have. After a sign-out they are removed.
"use strict";

const DRAFT_PREFIX = "desk-form:";
const SENT_KEY = "desk-form-sent";
const DRAFT_MAX_AGE_MS = 7 * 24 * 3600 * 1000;

function readDraft(key) {
  try {
    return JSON.parse(localStorage.getItem(key));
  } catch {
    return null;
  }
}

function removeDraft(key) {
  try {
    localStorage.removeItem(key);
  } catch {
    // This browser keeps nothing.
  }
}

function removeDrafts(isRemoved) {
  try {
    for (const key of Object.keys(localStorage)) {
      if (key.startsWith(DRAFT_PREFIX) && isRemoved(key, readDraft(key))) removeDraft(key);
    }
  } catch {
    // This browser keeps nothing.
  }
}

function bytesOf(text) {
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
}

function textOf(bytes) {
  return btoa(Array.from(new Uint8Array(bytes), (byte) => String.fromCharCode(byte)).join(""));
}

// The cipher of a text that belongs to this key of the storage: moved to another one it is refused.
function draftCipher(key, iv) {
  return { name: "AES-GCM", iv, additionalData: new TextEncoder().encode(key) };
}

async function sealDraft(cipherKey, key, fields) {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const text = new TextEncoder().encode(JSON.stringify(fields));
  const sealed = await crypto.subtle.encrypt(draftCipher(key, iv), cipherKey, text);
  return JSON.stringify({ at: Date.now(), iv: textOf(iv), sealed: textOf(sealed) });
}

// The text under this key as {at, fields}, or null. One that cannot be read is removed.
async function openDraft(cipherKey, key) {
  const draft = readDraft(key);
  if (!draft) return null;
  try {
    const cipher = draftCipher(key, bytesOf(draft.iv));
    const text = await crypto.subtle.decrypt(cipher, cipherKey, bytesOf(draft.sealed));
    return { at: draft.at, fields: JSON.parse(new TextDecoder().decode(text)) };
  } catch {
    removeDraft(key);
    return null;
  }
}

// Old texts, and those that were stored before they were encrypted. While nobody is signed in, the
// others stay: a session may have ended, and its account gets its texts back.
const { account } = document.currentScript.dataset;
removeDrafts((key, draft) => {
  const isForeign = account && !key.startsWith(`${DRAFT_PREFIX}${account}:`);
  return isForeign || !draft?.sealed || Date.now() - draft.at > DRAFT_MAX_AGE_MS;
});

// When the page is really left, because the browser may ask first whether to leave a changed form.
document.addEventListener("submit", (event) => {
  if (!event.target.matches("#logout-form, [data-sign-out]")) return;
  window.addEventListener("pagehide", () => {
    removeDrafts(() => true);
    sessionStorage.removeItem(SENT_KEY);
  });
});

Object.assign(window, { openDraft, sealDraft }); // for autosave.js
