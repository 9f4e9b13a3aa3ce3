"use strict";
// Follows /events: each message is one event of the journal, with its number; nothing is ever sent back.
(() => {
  const one = (query) => document.querySelector(query);
  const token = new URLSearchParams(location.search).get("token");
  const lateAfter = Number(document.body.dataset.late);

  /* what is known: a row for each DAG of each attempt, as `migrate status` has it */
  const known = new Map();  // "attempt dag" -> row, in the order of the journal
  const steps = [];         // numbers of events, in the order in which they came
  const arrivals = [];      // [time, how many have arrived]
  let outcomes = {}, verdicts = {}, waiting = 0, first = Infinity, last = 0;
  const arrived = (row) => /^(V[12]_UNPAUSED|OBSERVED|COMPLETE)$/.test(row.state);
  const resting = (row) => /^(PLANNED|OBSERVED|COMPLETE|BACKED_OUT|NEEDS_PERSON)$/.test(row.state);

  function step(number, row) {
    if (number <= (steps.at(-1) ?? 0)) return; // it was told before the connection broke
    steps.push(number);
    first = Math.min(first, Date.parse(row.at));
    last = Math.max(last, Date.parse(row.at));
    const key = `${row.attempt} ${row.dag}`, before = known.get(key);
    const note = row.note || before?.note || "";
    if (row.phase === "done") {
      known.set(key, { ...row, note, doing: "" });
      if (arrived(row) && !(before && arrived(before)))
        arrivals.push([Date.parse(row.at), newest().filter(arrived).length]);
    } else if (before) known.set(key, { ...before, note, doing: row.state, since: row.at });
    else known.set(key, { ...row, note, state: "PLANNED", doing: row.state });
    soon();
  }
  const rows = () => [...known.values()];
  const newest = () => [...new Map(rows().map((row) => [row.dag, row])).values()];

  /* drawing: at most once a frame, however many steps came */
  const soon = () => { if (!waiting) waiting = requestAnimationFrame(() => { waiting = 0; draw(); }); };
  const cell = (tr, text, name = "") => { const td = tr.insertCell(); td.textContent = text; td.className = name; };
  const clock = (at) => at.slice(11, 19);
  const span = (seconds) => seconds < 90 ? `${Math.round(seconds)} s` : seconds < 5400 ? `${Math.round(seconds / 60)} min` : seconds < 172800 ? `${Math.round(seconds / 3600)} h` : `${Math.round(seconds / 86400)} days`;
  const many = (count, word) => `${count.toLocaleString("en")} ${word}${count === 1 ? "" : "s"}`;

  function draw() {
    const all = newest().sort((a, b) => a.dag < b.dag ? -1 : 1);
    const there = all.filter(arrived).length, side = all.some((row) => row.direction === "back" && row.outcome === "open") ? "v1" : "v2";
    if (all.length) one("#headline").textContent = `${there} of ${all.length} DAGs arrived in ${side}`;
    document.title = all.length ? `${there}/${all.length} arrived` : "Wave";
    const open = rows().filter((row) => (outcomes[row.attempt] ?? row.outcome) === "open");
    one("#about").textContent = open.length ? `Wave ${open.at(-1).wave} is under way.` : all.length ? "No wave is under way." : "This page follows the journal; it changes nothing.";
    drawPath(all);
    drawFlow(all.length);
    drawWaiting(all);
    drawOutage(all);
    drawRows(all);
  }
  const ORDER = ["PLANNED", "PREFLIGHT", "QUIESCING", "V1_PAUSED", "V2_PAUSED", "DRAINED", "WATERMARKED", "CARRIED_OVER", "REPARSED", "V1_UNPAUSED", "V2_UNPAUSED", "OBSERVED", "COMPLETE", "BACKED_OUT", "NEEDS_PERSON"];
  function drawPath(all) {
    const back = all.some((row) => row.direction === "back");
    const names = ORDER.filter((name) => back || !["V2_PAUSED", "V1_UNPAUSED"].includes(name));
    one("#path").replaceChildren(...names.map((name) => {
      const li = document.createElement("li"), b = document.createElement("b");
      const count = all.filter((row) => row.state === name).length;
      b.textContent = count;
      li.className = `${name}${count ? " some" : ""}`;
      li.append(b, name.replaceAll("_", " ").toLowerCase());
      return li;
    }));
  }
  function drawFlow(total) {
    if (!arrivals.length) return;
    const x = (at) => ((at - first) / Math.max(1, last - first) * 600).toFixed(1), y = (n) => (98 - n / total * 94).toFixed(1);
    const points = [`0,${y(0)}`];
    let before = 0;
    for (const [at, n] of arrivals) { points.push(`${x(at)},${y(before)}`, `${x(at)},${y(n)}`); before = n; }
    one("#flow polyline").setAttribute("points", [...points, `600,${y(before)}`].join(" "));
    one("#flow").setAttribute("aria-label", `${before} of ${total} DAGs arrived within ${span((last - first) / 1000)}`);
  }
  function drawWaiting(all) {
    const now = Date.now(), body = document.createElement("tbody");
    for (const row of all) {
      if (resting(row) && !row.doing || (outcomes[row.attempt] ?? row.outcome) !== "open") continue;
      const seconds = Math.max(0, (now - Date.parse(row.at)) / 1000), tr = body.insertRow();
      cell(tr, row.dag, "id"); cell(tr, row.doing ? `${row.state} → ${row.doing}` : row.state);
      cell(tr, `${span(seconds)}${seconds > lateAfter ? ", late" : ""}`, seconds > lateAfter ? "num bad" : "num"); cell(tr, row.note);
    }
    body.id = "drains";
    one("#drains").replaceWith(body);
  }
  function drawRows(all) {
    const words = one("#q").value.toLowerCase().split(/\s+/).filter(Boolean), body = document.createElement("tbody");
    let shown = 0;
    for (const row of all) {
      const tr = body.insertRow();
      cell(tr, row.dag, "id"); cell(tr, row.state); cell(tr, row.wave, "num"); cell(tr, row.direction);
      cell(tr, clock(row.at)); cell(tr, outcomes[row.attempt] ?? row.outcome); cell(tr, verdicts[row.dag] || "unknown"); cell(tr, row.note);
      tr.hidden = !words.every((word) => tr.textContent.toLowerCase().includes(word));
      shown += !tr.hidden;
    }
    body.id = "rows";
    one("#rows").replaceWith(body);
    one("#count").textContent = `${shown.toLocaleString("en")} of ${all.length.toLocaleString("en")} DAGs`;
  }
  one("#q").addEventListener("input", soon);
  setInterval(soon, 5000);

  function drawLedger(ledger) {
    if (!ledger) return;
    const s = ledger.summary, text = one("#ledger-text");
    const bad = s.duplicates + s.gaps;
    text.textContent = `${bad ? `${many(s.duplicates, "duplicate")} and ${many(s.gaps, "gap")} among` : "Every one of"} ${many(s.expected, "interval")}${bad ? "" : " ran exactly once"}, until ${ledger.window.until.slice(0, 19).replace("T", " ")} UTC; ${s.extras} extra, ${s.pending} pending.`;
    text.classList.toggle("bad", bad > 0);
  }

  /* a source that no longer runs, and what nobody ran since: DAGs that arrived have their backlog behind them */
  let gone = null;
  const told = (count) => count ?? "unknown";
  function drawOutage(all) {
    one("#outage-part").hidden = !gone;
    if (!gone) return;
    const there = new Set(all.filter(arrived).map((row) => row.dag));
    const left = gone.dags.filter((row) => !there.has(row.dag)), body = document.createElement("tbody");
    const sum = (name) => left.reduce((total, row) => total + (row[name] ?? 0), 0);
    const unknown = left.filter((row) => row.missed === null).length, undecided = left.filter((row) => row.missed && row.run === null).length;
    one("#outage-text").textContent = `The source was last seen at ${gone.last_seen} UTC. Since then ${many(sum("missed"), "interval")} of ${many(left.length - unknown, "DAG")} came due and did not run: ${sum("run").toLocaleString("en")} will run in v2, ${sum("skip").toLocaleString("en")} will not`
      + `${undecided ? `, ${many(undecided, "DAG")} undecided` : ""}${unknown ? `; of ${many(unknown, "DAG")} the last run is unknown` : ""}.`;
    for (const row of left) {
      const tr = body.insertRow();
      cell(tr, row.dag, "id"); cell(tr, row.last_run ?? "unknown");
      for (const name of ["missed", "run", "skip"]) cell(tr, told(row[name]), "num");
    }
    body.id = "missed";
    one("#missed").replaceWith(body);
  }

  /* the stream: the browser comes back by itself, and says which number it had last; where it gives up, or where the
     connection died without a word (a laptop slept, a tunnel hangs), the page begins a new one behind that number */
  const light = (name, text) => { const p = one("#lights"); p.className = `lights ${name}`; one("#lights span").textContent = text; };
  const silent = Number(document.body.dataset.silent) * 1000, again = Math.min(3000, silent);
  let source = null, heard = 0, opened = 0;
  function follow() {
    source?.close();
    opened = heard = Date.now();
    source = new EventSource(`/events?token=${encodeURIComponent(token)}&after=${steps.at(-1) ?? 0}`);
    const on = (name, does) => source.addEventListener(name, (event) => { heard = Date.now(); does(event); });
    on("open", () => light("on", "live"));
    on("alive", () => light("on", "live"));
    on("step", (event) => step(Number(event.lastEventId), JSON.parse(event.data)));
    on("outcomes", (event) => { outcomes = JSON.parse(event.data); soon(); });
    on("verdicts", (event) => { verdicts = JSON.parse(event.data); soon(); });
    on("ledger", (event) => drawLedger(JSON.parse(event.data)));
    on("outage", (event) => { gone = JSON.parse(event.data); soon(); });
    source.addEventListener("error", () => light("off", "not connected; trying again"));
  }
  function check() {
    const now = Date.now();
    if (source.readyState === EventSource.CLOSED ? now - opened > again : now - heard > silent) {
      light("off", "not connected; trying again");
      follow();
    }
  }
  follow();
  setInterval(check, 1000);
  for (const name of ["online", "focus"]) addEventListener(name, check);

  // For whoever wants to compare: the numbers that came, and the rows as `migrate status --format json` has them.
  window.dashboard = { steps, rows: () => rows().map(({ wave, direction, begun, by, attempt, dag, state, note }) => ({ wave, direction, begun, by, outcome: outcomes[attempt], dag, state, note })) };
  draw();
})();
