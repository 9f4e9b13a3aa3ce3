"use strict";
// Everything is on the page without this: it filters.
(() => {
  const one = (query, within = document) => within.querySelector(query);
  const all = (query, within = document) => [...within.querySelectorAll(query)];

  /* filters */
  const names = ["q", "severity", "readiness", "owner"];
  const controls = Object.fromEntries(names.map((name) => [name, one(`#${name}`)]));
  const checks = all("details.check"), dags = all("tr.dag");
  const ownersOf = Object.fromEntries(dags.map((row) => [one(".id", row).textContent, row.dataset.owners.split("\n")]));
  const text = (node) => node.textContent.toLowerCase();

  // A place is of an owner when its DAG is; what is of no single DAG stays, unless an owner is asked for.
  function placeFits(item, want, head) {
    const dag = one("b", item)?.textContent;
    return (!want.owner || (ownersOf[dag] ?? []).includes(want.owner))
      && (!want.q || head.includes(want.q) || text(item).includes(want.q));
  }

  function filter() {
    const want = Object.fromEntries(names.map((name) => [name, name === "q" ? controls.q.value.trim().toLowerCase() : controls[name].value]));
    for (const name of names) controls[name].classList.toggle("on", Boolean(want[name]));
    let findings = 0, shown = 0;
    for (const check of checks) {
      const head = text(one("summary", check));
      let left = 0;
      for (const item of all(".places li", check)) {
        item.hidden = !placeFits(item, want, head);
        item.style.display = item.hidden ? "none" : "";
        left += !item.hidden;
      }
      check.hidden = !left || Boolean(want.severity && want.severity !== check.dataset.severity);
      findings += check.hidden ? 0 : left;
    }
    for (const row of dags) {
      row.hidden = Boolean((want.readiness && want.readiness !== row.dataset.readiness)
        || (want.owner && !row.dataset.owners.split("\n").includes(want.owner))
        || (want.q && !text(row).includes(want.q)));
      shown += !row.hidden;
    }
    one("#count").textContent = `${findings.toLocaleString("en")} findings, ${shown.toLocaleString("en")} DAGs`;
    one(".none").hidden = shown > 0 || !dags.length;
  }

  let waiting = 0;
  controls.q.addEventListener("input", () => { cancelAnimationFrame(waiting); waiting = requestAnimationFrame(filter); });
  for (const name of names.slice(1)) controls[name].addEventListener("change", filter);
  const form = one("form.filters");
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(filter));
  filter();
})();
