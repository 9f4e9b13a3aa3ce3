"use strict";
// Everything is on the page without this: it finds DAGs.
(() => {
  const one = (query) => document.querySelector(query);

  /* find */
  const field = one("#q"), rows = [...document.querySelectorAll("tr.dag")];
  if (!field) return;
  const texts = rows.map((row) => row.textContent.toLowerCase());
  const find = () => {
    const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    rows.forEach((row, n) => { row.hidden = !words.every((word) => texts[n].includes(word)); shown += !row.hidden; });
    one("#count").textContent = `${shown.toLocaleString("en")} of ${rows.length.toLocaleString("en")} DAGs`;
  };
  field.addEventListener("input", find);
  find();
})();
