"""Questions to a page that take more than a line of JavaScript."""

# Every text that can be seen, with the contrast of its colour to what is behind it (WCAG 2.1, 1.4.3).
CONTRAST = """
(() => {
  const parse = (text) => { const n = text.match(/[\\d.]+/g).map(Number);
    if (text.startsWith("color(")) return [n[0] * 255, n[1] * 255, n[2] * 255, n[3] ?? 1];
    return [n[0], n[1], n[2], n[3] ?? 1]; };
  const over = (top, under) => top.slice(0, 3).map((c, i) => c * top[3] + under[i] * (1 - top[3])).concat(1);
  const behind = (e) => { const stack = [];
    for (let n = e; n; n = n.parentElement) stack.push(parse(getComputedStyle(n).backgroundColor));
    return stack.reverse().reduce((under, top) => over(top, under), [255, 255, 255, 1]); };
  const linear = (v) => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
  const light = (c) => { const [r, g, b] = c.map((v) => linear(v / 255));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
  const found = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const e = walk.currentNode.parentElement;
    if (!walk.currentNode.data.trim() || !e.checkVisibility() || e.closest("script, .sr, .skip, option")) continue;
    const back = behind(e), [a, b] = [light(over(parse(getComputedStyle(e).color), back)), light(back)];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    const text = walk.currentNode.data.trim().slice(0, 40);
    if (ratio < 4.5) found.push(`${ratio.toFixed(2)} ${e.className || e.tagName}: ${text}`);
  }
  return [...new Set(found)];
})()
"""

# What assistive technology would read out as nothing.
NAMELESS = """
const named = (e) => (label) => [...label.childNodes].some((child) => child !== e && child.textContent.trim());
[...document.querySelectorAll("button, input, select, a, summary, table")].filter((e) => e.checkVisibility() &&
  !(e.getAttribute("aria-label") || (!e.labels?.length && e.textContent.trim())
    || [...(e.labels ?? [])].some(named(e))))
  .map((e) => e.outerHTML.slice(0, 80))
"""

# The lines of both sides of every diff by path, without the chips in them, after all gaps were opened.
SIDES = """
Object.fromEntries([...document.querySelectorAll("details.file")].map((file) => {
  file.querySelectorAll(".gap button").forEach((button) => button.click());
  const side = (name) => [...file.querySelectorAll(`td.src.${name}`)]
    .filter((e) => e.previousElementSibling.dataset.n)
    .map((e) => { const copy = e.cloneNode(true);
      copy.querySelectorAll(".chip").forEach((chip) => chip.remove());
      return copy.textContent; });
  return [file.querySelector(".path").textContent, [side("left"), side("right")]];
}))
"""
