// Shows what needs a passkey where the browser knows them, and says in words when one did not work.
"use strict";

document.addEventListener("DOMContentLoaded", () => {
  if (!window.PublicKeyCredential) return;
  for (const part of document.querySelectorAll("[data-passkey]")) part.hidden = false;
});

document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  const place = document.querySelector("[data-passkey-problem]");
  if (!place) return;
  const cancelled = event.detail.exception.name === "NotAllowedError";
  place.textContent = cancelled
    ? "No passkey was used: it was cancelled, took too long, or none fits. Try again or go another way."
    : "The passkey did not work here. Go another way, or ask an administrator.";
  place.hidden = false;
});
