"use strict";
// Tables that are sorted by a press on a column's heading; a second one turns the order round.
// The button is made here, so that without scripts a heading is a heading.
(() => {
  const FEWEST_ROWS = 4;
  const key = (row, column) => row.cells[column].dataset.sort ?? row.cells[column].textContent.trim();
  const compare = (a, b) => {
    if (a === "" || b === "") return a === b ? 0 : a === "" ? 1 : -1;
    const [x, y] = [Number(a), Number(b)];
    return Number.isNaN(x) || Number.isNaN(y) ? a.localeCompare(b) : x - y;
  };
  document.querySelectorAll("table.sortable").forEach((table) => {
    const body = table.tBodies[0];
    if (body.rows.length < FEWEST_ROWS) return;
    const headings = Array.from(table.tHead.rows[0].cells);
    headings.forEach((heading, column) => {
      if (heading.hasAttribute("data-unsorted")) return;
      const button = document.createElement("button");
      button.type = "button";
      button.append(...heading.childNodes);
      heading.append(button);
      button.addEventListener("click", () => {
        const isUp = heading.getAttribute("aria-sort") !== "ascending";
        headings.forEach((other) => other.removeAttribute("aria-sort"));
        heading.setAttribute("aria-sort", isUp ? "ascending" : "descending");
        const rows = Array.from(body.rows);
        rows.sort((a, b) => compare(key(a, column), key(b, column)) * (isUp ? 1 : -1));
        body.append(...rows);
      });
    });
  });
})();
