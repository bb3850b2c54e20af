// The form on the page about the API: shows the request as it is typed, and the answer below it.
// Without this script the form goes to the address itself.
const LONGEST = 20000; // characters of an answer that are shown
const form = document.getElementById("try");
const region = document.getElementById("answer");
const part = (name) => document.getElementById(`answer-${name}`);

function requested(button) {
  const pairs = [...new FormData(form)].filter(([, value]) => value !== "");
  const path = button?.getAttribute("formaction") ?? form.getAttribute("action");
  return path + (pairs.length ? `?${new URLSearchParams(pairs)}` : "");
}

function tell(button) {
  document.getElementById("request").value = `GET ${form.dataset.site}${requested(button)}`;
}

async function show(button) {
  const started = performance.now();
  const answer = await fetch(requested(button), { credentials: "omit" });
  const text = await answer.text();
  const took = Math.round(performance.now() - started);
  const type = answer.headers.get("Content-Type") ?? "";
  part("facts").replaceChildren(
    ...[`${answer.status} ${answer.statusText}`, type, `${took} ms`, `${text.length} characters`].map((one) =>
      Object.assign(document.createElement("span"), { textContent: one }),
    ),
  );
  part("headers").textContent = [...answer.headers].map((pair) => pair.join(": ")).join("\n");
  part("body").textContent =
    text.length > LONGEST ? `${text.slice(0, LONGEST)}\n${region.dataset.cut}` : text;
}

form.addEventListener("input", () => tell());
form.addEventListener("submit", async (event) => {
  event.preventDefault();
  tell(event.submitter);
  region.setAttribute("aria-busy", "true");
  try {
    await show(event.submitter);
  } catch {
    part("facts").textContent = region.dataset.failed;
    part("headers").textContent = part("body").textContent = "";
  }
  region.removeAttribute("aria-busy");
  region.hidden = false;
  region.focus();
});
tell();
