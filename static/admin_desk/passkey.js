// Shows the passkey forms where the browser supports passkeys, and a message when one failed.
"use strict";

document.addEventListener("DOMContentLoaded", () => {
  if (!window.PublicKeyCredential) return;
  for (const part of document.querySelectorAll("[data-passkey]")) part.hidden = false;
});

document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  const message = document.querySelector("[data-passkey-problem]");
  if (!message) return;
  const cancelled = event.detail.exception.name === "NotAllowedError";
  message.textContent = cancelled ? message.dataset.cancelled : message.dataset.failed;
  message.hidden = false;
});
