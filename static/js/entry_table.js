// Sorts the table of entries, where the whole list is on the page.
const collator = new Intl.Collator(document.documentElement.lang, { numeric: true });

function addButtons() {
  const table = document.querySelector(".entry-table[data-sortable]");
  if (!table) return;
  for (const heading of table.tHead.rows[0].cells) {
    if (heading.querySelector("a, button")) continue;
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = heading.textContent.trim();
    heading.replaceChildren(button);
  }
}

function sortBy(heading) {
  const table = heading.closest("table");
  const place = heading.cellIndex;
  const order = heading.ariaSort === "ascending" ? "descending" : "ascending";
  const sign = order === "ascending" ? 1 : -1;
  const textOf = (row) => row.cells[place].textContent.trim();
  const rows = [...table.tBodies[0].rows];
  rows.sort((first, second) => sign * collator.compare(textOf(first), textOf(second)));
  table.tBodies[0].append(...rows);
  for (const cell of table.tHead.rows[0].cells) cell.ariaSort = null;
  heading.ariaSort = order;
}

document.addEventListener("click", (event) => {
  const button = event.target.closest(".entry-table thead button");
  if (button) sortBy(button.closest("th"));
});
document.addEventListener("results:replaced", addButtons);
addButtons();
