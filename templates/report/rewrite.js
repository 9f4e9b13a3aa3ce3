"use strict";
// Everything is on the page without this: it draws diffs with two sides when a file is opened, and filters.
(() => {
  const one = (query, within = document) => within.querySelector(query);
  const all = (query, within = document) => [...within.querySelectorAll(query)];
  const make = (tag, name = "", text = "") => {
    const node = document.createElement(tag);
    if (name) node.className = name;
    if (text) node.textContent = text;
    return node;
  };

  /* a diff with two sides, drawn from the unified one */
  const HEADER = /^@@ -(\d+),(\d+) \+(\d+),(\d+) @@$/;

  function hunksOf(text) {
    const hunks = [];
    let old = 0, fresh = 0;
    for (const line of text.replace(/\n$/, "").split("\n")) {
      const header = HEADER.exec(line);
      if (header) {
        const [, o, olds, n, news] = header.map(Number);
        old = olds ? o : o + 1;
        fresh = news ? n : n + 1;
        hunks.push({ old, fresh, rows: [] });
      } else if (hunks.length) {
        const sign = line[0], source = line.slice(1);
        hunks.at(-1).rows.push({ sign, old, fresh, source });
        if (sign !== "+") old += 1;
        if (sign !== "-") fresh += 1;
      }
    }
    return hunks;
  }

  function source(text, marks) {
    if (!marks || !marks.length) return [document.createTextNode(text)];
    const characters = [...text], nodes = [];
    let at = 0;
    for (let i = 0; i < marks.length; i += 2) {
      nodes.push(characters.slice(at, marks[i]).join(""), make("mark", "", characters.slice(marks[i], marks[i + 1]).join("")));
      at = marks[i + 1];
    }
    return [...nodes, characters.slice(at).join("")];
  }

  function side(kind, where, number, text, marks) {
    const ln = make("td", `ln ${kind} ${where}`), src = make("td", `src ${kind} ${where}`);
    if (number) ln.dataset.n = number;
    if (number) src.append(...source(text, marks));
    return [ln, src];
  }

  function rowOf(left, right, marks) {
    const row = make("tr", left && right && !marks ? "same" : "");
    const kinds = row.className ? ["plain", "plain"] : [left ? "old" : "void", right ? "new" : "void"];
    row.append(...side(kinds[0], "left", left?.old, left?.source, marks?.[0]));
    row.append(...side(kinds[1], "right", right?.fresh, right?.source, marks?.[1]));
    if (left) row.dataset.old = left.old;
    return row;
  }

  // One block of old and new lines: partners share a row, the others stand alone, in order.
  function blockRows(olds, news, partners) {
    const rows = [];
    let next = 0;
    for (const old of olds) {
      const pair = partners.get(old.old);
      const at = pair ? news.findIndex((line) => line.fresh === pair[1]) : -1;
      if (at < 0) { rows.push(rowOf(old, null)); continue; }
      while (next < at) rows.push(rowOf(null, news[next++]));
      rows.push(rowOf(old, news[next++], [pair[2], pair[3]]));
    }
    while (next < news.length) rows.push(rowOf(null, news[next++]));
    return rows;
  }

  function hunkRows(hunk, partners) {
    const rows = [];
    let olds = [], news = [];
    const flush = () => { rows.push(...blockRows(olds, news, partners)); olds = []; news = []; };
    for (const line of hunk.rows) {
      if (line.sign === "-") { if (news.length) flush(); olds.push(line); }
      else if (line.sign === "+") news.push(line);
      else { flush(); rows.push(rowOf(line, line)); }
    }
    flush();
    return rows;
  }

  function gapRow(gap, old, fresh, columns) {
    const row = make("tr", "gap"), cell = make("td"), button = make("button");
    cell.colSpan = columns;
    button.type = "button";
    button.textContent = gap.length === 1 ? "Show 1 unchanged line" : `Show ${gap.length.toLocaleString("en")} unchanged lines`;
    button.addEventListener("click", () => {
      const rows = gap.map((text, i) => rowOf({ old: old + i, source: text }, { fresh: fresh + i, source: text }));
      row.replaceWith(...rows);
      rows[0].tabIndex = -1;
      rows[0].focus({ preventScroll: true });
    });
    cell.append(button);
    row.append(cell);
    return row;
  }

  function noteBox(item) {
    const { kind, code } = item.dataset;
    const box = make("div", `note ${kind}`), rule = one(`#why-${code}`);
    const head = make("p");
    head.append(make("span", `badge ${kind}`, code), " ", make("span", "said", one(".text", item).textContent));
    box.append(head);
    if (rule) {
      const why = make("details"), copy = rule.cloneNode(true);
      why.open = kind === "safe" || kind === "unsafe"; // who opened a change asked for it
      copy.removeAttribute("id");
      why.append(make("summary", "", "Why"), copy);
      box.append(why);
    }
    return box;
  }

  function noteRow(box) {
    const row = make("tr", "note-row"), cell = make("td");
    cell.colSpan = 4;
    cell.append(box);
    row.append(cell);
    return row;
  }

  // A finding stands open below its line; the changes of one rule on a line are a chip on it that opens.
  function annotate(row, items) {
    const chips = new Map(), cells = all(".src", row);
    const cell = row.className === "same" || cells[1].classList.contains("void") ? cells[0] : cells[1];
    let last = row;
    for (const item of items) {
      const { kind, code } = item.dataset, box = noteRow(noteBox(item));
      last.after(box);
      last = box;
      if (kind === "person" || kind === "review") continue;
      box.hidden = true;
      const key = `${code}:${kind}`;
      chips.set(key, [...(chips.get(key) ?? []), [item, box]]);
    }
    for (const found of chips.values()) cell.prepend(chipOf(found));
  }

  function chipOf(found) {
    const { kind, code, line } = found[0][0].dataset;
    const said = found.map(([item]) => one(".text", item).textContent);
    const chip = make("button", `chip ${kind}`, found.length === 1 ? code : `${code} ×${found.length}`);
    chip.type = "button";
    chip.title = said.join("\n");
    chip.setAttribute("aria-expanded", "false");
    chip.setAttribute("aria-label", `${code} at line ${line}: ${said.join("; ")}`);
    chip.addEventListener("click", () => {
      const open = chip.getAttribute("aria-expanded") !== "true";
      for (const [, box] of found) box.hidden = !open;
      chip.setAttribute("aria-expanded", String(open));
    });
    return chip;
  }

  function draw(file) {
    if (one(".diff", file)) return;
    const unified = one(".unified", file), data = JSON.parse(one("script", file).textContent);
    const partners = new Map(data.pairs.map((pair) => [pair[0], pair]));
    const table = make("table", "diff"), body = make("tbody"), name = one(".path", file).textContent;
    table.setAttribute("aria-label", `${name}: before on the left, after on the right`);
    const columns = make("colgroup");
    columns.append(make("col", "num"), make("col"), make("col", "num"), make("col"));
    let old = 1, fresh = 1;
    const hunks = hunksOf(unified.textContent);
    data.gaps.forEach((gap, i) => {
      if (gap.length) body.append(gapRow(gap, old, fresh, 4));
      const hunk = hunks[i];
      if (!hunk) return;
      body.append(...hunkRows(hunk, partners));
      old = hunk.old + hunk.rows.filter((row) => row.sign !== "+").length;
      fresh = hunk.fresh + hunk.rows.filter((row) => row.sign !== "-").length;
    });
    const notes = byLine(all(".notes li", file));
    for (const row of all("tr[data-old]", body)) {
      const items = notes.get(row.dataset.old);
      if (!items) continue;
      annotate(row, items);
      for (const item of items) item.hidden = true;
    }
    table.append(columns, body);
    table.addEventListener("mousedown", (event) => {
      const cell = event.target.closest("td.left, td.right");
      if (cell) table.className = cell.classList.contains("left") ? "diff left" : "diff right";
    });
    unified.before(table);
    unified.hidden = true;
    one(".notes", file).hidden = !one(".notes li:not([hidden])", file); // one whose line the file does not have stays
  }

  function byLine(items) {
    const lines = new Map();
    for (const item of items) lines.set(item.dataset.line, [...(lines.get(item.dataset.line) ?? []), item]);
    return lines;
  }

  document.addEventListener("toggle", (event) => {
    if (event.target.open && event.target.matches("details.file")) draw(event.target);
  }, true);

  /* links into files and rules */
  function reveal(id) {
    const [, number, line] = /^f(\d+)(?:-(\d+))?$/.exec(id) ?? [];
    const target = document.getElementById(number ? `f${number}` : id);
    if (!target) return false;
    if (target.tagName === "DETAILS") target.open = true;
    if (number) draw(target);
    const row = line ? one(`tr[data-old="${line}"]`, target) : null;
    (row ?? target).scrollIntoView({ block: row ? "center" : "start" });
    if (row) {
      row.tabIndex = -1;
      row.focus({ preventScroll: true });
      row.classList.remove("flash");
      void row.offsetWidth;
      row.classList.add("flash");
    } else {
      one("summary", target)?.focus({ preventScroll: true });
    }
    return true;
  }
  document.addEventListener("click", (event) => {
    const link = event.target.closest('a[href^="#"]:not(.skip)');
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const id = link.getAttribute("href").slice(1);
    if (reveal(id)) {
      event.preventDefault();
      history.pushState(null, "", `#${id}`);
    }
  });
  addEventListener("popstate", () => { if (location.hash.length > 1) reveal(location.hash.slice(1)); });

  /* filters */
  const controls = { q: one("#q"), rule: one("#rule"), owner: one("#owner"), kind: one("#kind") };
  const files = all("details.file"), sections = all("section.findings"), owners = {};
  for (const file of files) owners[file.id.slice(1)] = file.dataset.owner;
  const texts = new WeakMap();
  const textOf = (node) => {
    if (!texts.has(node)) texts.set(node, node.textContent.toLowerCase());
    return texts.get(node);
  };

  const fits = (note, want) => {
    const [code, kind] = note.split(":");
    return (!want.rule || want.rule === code) && (!want.kind || want.kind === kind);
  };

  function filterGroup(group, kind, want) {
    const numbers = new Set(), head = textOf(one("summary", group));
    let count = 0;
    for (const message of all(".message", group)) {
      const said = head + textOf(one("p", message));
      let left = 0;
      for (const place of all("li", message)) {
        const here = fits(`${group.dataset.code}:${kind}`, want)
          && (!want.owner || want.owner === owners[place.dataset.f])
          && (!want.q || said.includes(want.q) || textOf(place).includes(want.q));
        place.hidden = !here;
        if (here) { left += 1; numbers.add(place.dataset.f); }
      }
      message.hidden = !left;
      count += left;
    }
    const label = one(".n", group);
    label.replaceChildren(make("b", "", String(count)), ` in ${numbers.size} file${numbers.size === 1 ? "" : "s"}`);
    group.hidden = !count;
    return count;
  }

  function filter() {
    const want = {};
    for (const [name, control] of Object.entries(controls)) {
      want[name] = name === "q" ? control.value.trim().toLowerCase() : control.value;
      control.classList.toggle("on", Boolean(want[name]));
    }
    let shown = 0;
    for (const file of files) {
      const here = (!want.owner || want.owner === file.dataset.owner)
        && ((!want.rule && !want.kind) || file.dataset.notes.split(" ").some((note) => fits(note, want)))
        && (!want.q || textOf(file).includes(want.q));
      file.hidden = !here;
      shown += here;
    }
    for (const section of sections) {
      let count = 0;
      for (const group of all("details.group", section)) count += filterGroup(group, section.dataset.kind, want);
      section.hidden = !count;
    }
    const active = Object.values(want).some(Boolean);
    one("#count").textContent = active ? `${shown} of ${files.length} files` : `${files.length} file${files.length === 1 ? "" : "s"}`;
    one(".none").hidden = shown > 0 || !files.length;
  }

  let waiting = 0;
  controls.q.addEventListener("input", () => { cancelAnimationFrame(waiting); waiting = requestAnimationFrame(filter); });
  for (const name of ["rule", "owner", "kind"]) controls[name].addEventListener("change", filter);
  const form = one("form.filters");
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(filter));

  if (controls.q.value || controls.rule.value || controls.owner.value || controls.kind.value) filter();
  else one("#count").textContent = `${files.length} file${files.length === 1 ? "" : "s"}`;
  if (location.hash.length > 1) reveal(location.hash.slice(1));
})();
