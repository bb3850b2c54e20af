// The form on the API page: shows the request while it is typed and the response below it.
// Without this script the form opens the address itself.
const MAX_SHOWN_LENGTH = 20000; // characters of the response
const form = document.getElementById("console");
const region = document.getElementById("answer");
const part = (name) => document.getElementById(`answer-${name}`);

function requestPath(button) {
  const pairs = [...new FormData(form)].filter(([, value]) => value !== "");
  const path = button?.getAttribute("formaction") ?? form.getAttribute("action");
  return path + (pairs.length ? `?${new URLSearchParams(pairs)}` : "");
}

function showRequest(button) {
  document.getElementById("request").value = `GET ${form.dataset.site}${requestPath(button)}`;
}

async function showResponse(button) {
  const started = performance.now();
  const response = await fetch(requestPath(button), { credentials: "omit" });
  const body = await response.text();
  const duration = Math.round(performance.now() - started);
  const type = response.headers.get("Content-Type") ?? "";
  part("facts").replaceChildren(
    ...[`${response.status} ${response.statusText}`, type, `${duration} ms`, `${body.length} characters`].map((text) =>
      Object.assign(document.createElement("span"), { textContent: text }),
    ),
  );
  part("headers").textContent = [...response.headers].map((pair) => pair.join(": ")).join("\n");
  part("body").textContent =
    body.length > MAX_SHOWN_LENGTH ? `${body.slice(0, MAX_SHOWN_LENGTH)}\n${region.dataset.cut}` : body;
}

form.addEventListener("input", () => showRequest());
form.addEventListener("submit", async (event) => {
  event.preventDefault();
  showRequest(event.submitter);
  region.setAttribute("aria-busy", "true");
  try {
    await showResponse(event.submitter);
  } catch {
    part("facts").textContent = region.dataset.failed;
    part("headers").textContent = part("body").textContent = "";
  }
  region.removeAttribute("aria-busy");
  region.hidden = false;
  region.focus();
});
showRequest();
