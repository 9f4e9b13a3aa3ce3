"use strict";
// Everything is on the page without this: it filters, and lights up the edges of a DAG.
(() => {
  const one = (query, within = document) => within.querySelector(query);
  const all = (query, within = document) => [...within.querySelectorAll(query)];

  /* a link into the list opens what it leads to */
  function reveal() {
    const goal = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!goal) return;
    for (let node = goal; node; node = node.parentElement) if (node.tagName === "DETAILS") node.open = true;
    goal.scrollIntoView();
  }
  addEventListener("hashchange", reveal);
  reveal();

  /* the edges of a DAG */
  const drawing = one("#plan");
  const lines = all(".line", drawing);
  function light(event) {
    const number = event.type === "focusout" ? undefined : event.target.closest?.(".node")?.dataset.n;
    for (const line of lines) {
      line.classList.toggle("lit", number !== undefined && (line.dataset.a === number || line.dataset.b === number));
    }
  }
  // On the frame and not on the drawing: Chromium lets the Tab key stop at an svg that listens for focus.
  for (const name of ["pointerover", "focusin", "focusout"]) drawing.parentElement.addEventListener(name, light);

  /* filters */
  const query = one("#q"), level = one("#level");
  const waves = all("details.wave");
  const dags = all("details.dag").map((node) => ({ node, link: `#${one(".why", node).id}`, text: "" }));
  const nodes = new Map(all(".node", drawing).map((node) => [node.getAttribute("href"), node]));
  const textOf = (dag) => (dag.text ||= dag.node.textContent.toLowerCase());

  function filter() {
    const word = query.value.trim().toLowerCase();
    let shown = 0;
    for (const dag of dags) {
      dag.node.hidden = Boolean((level.value && level.value !== dag.node.dataset.level) || (word && !textOf(dag).includes(word)));
      nodes.get(dag.link)?.classList.toggle("dim", dag.node.hidden);
      shown += !dag.node.hidden;
    }
    for (const wave of waves) {
      wave.hidden = !one("details.dag:not([hidden])", wave);
      if (word && !wave.hidden) wave.open = true;
    }
    query.classList.toggle("on", Boolean(word));
    level.classList.toggle("on", Boolean(level.value));
    one("#count").textContent = `${shown.toLocaleString("en")} of ${dags.length.toLocaleString("en")} DAGs`;
    one(".none").hidden = shown > 0 || !dags.length;
  }
  let waiting = 0;
  query.addEventListener("input", () => { cancelAnimationFrame(waiting); waiting = requestAnimationFrame(filter); });
  level.addEventListener("change", filter);
  const form = one("form.filters");
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(filter));
  filter();
})();
