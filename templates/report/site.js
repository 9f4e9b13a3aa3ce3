"use strict";
// Everything is on the page without this: it finds DAGs, and keeps a theme.
(() => {
  const one = (query) => document.querySelector(query);

  /* theme */
  const button = one("#theme");
  const isDark = () => document.documentElement.dataset.theme === "dark"
    || (!document.documentElement.dataset.theme && matchMedia("(prefers-color-scheme: dark)").matches);
  const show = () => button.setAttribute("aria-pressed", String(isDark()));
  button.addEventListener("click", () => {
    const theme = isDark() ? "light" : "dark";
    document.documentElement.dataset.theme = theme;
    try { localStorage.setItem("migrate-theme", theme); } catch { /* kept for this visit only */ }
    show();
  });
  show();

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
