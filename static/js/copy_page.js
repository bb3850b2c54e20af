// On the page about a copy of the site: leads to the live page that the reader asked for. It is in
// the fragment for links, and in a field for forms.
const link = document.getElementById("live-page");
const home = new URL(link.href);

function livePage() {
  if (location.hash.startsWith("#/")) return location.hash.slice(1);
  const values = new URLSearchParams(location.search);
  const path = values.get(link.dataset.field);
  if (!path) return null;
  values.delete(link.dataset.field);
  const pairs = [...values].filter(([, value]) => value !== "");
  return pairs.length ? `${path}?${new URLSearchParams(pairs)}` : path;
}

function show() {
  const page = livePage();
  if (!page) return;
  const address = new URL(page, home);
  // The live site and nothing else, whatever the address of this page says.
  if (address.origin !== home.origin) return;
  link.href = address;
  link.textContent = address.href;
}

addEventListener("hashchange", show);
show();
