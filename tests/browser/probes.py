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

# What makes the page wider than the window, of what does not scroll by itself.
WIDE = """
document.documentElement.scrollWidth <= innerWidth ? [] :
  [...document.querySelectorAll("body *")].filter((e) => e.checkVisibility()
    && e.getBoundingClientRect().right > innerWidth + 1 && !e.parentElement.closest(".scroll, pre, svg"))
    .map((e) => `${Math.round(e.getBoundingClientRect().right)} ${e.tagName} ${e.className} ${e.id}`).slice(0, 5)
    .concat(`the page is ${document.documentElement.scrollWidth} wide`)
"""

# Everything that a keyboard has to reach, in the order of the page; each gets a number.
REACHABLE = """
[...document.querySelectorAll("a[href], button, input, select, summary, [tabindex='0']")]
  .filter((e) => e.checkVisibility({visibilityProperty: true}) && !e.disabled && e.tabIndex >= 0)
  .map((e, n) => { e.dataset.reached = n; return n; })
"""

# The number of what has the focus, or -1; and what is wrong with how it shows.
FOCUSED = """
(() => { const e = document.activeElement, n = Number(e.dataset?.reached ?? -1), s = getComputedStyle(e);
  const ring = s.outlineStyle !== "none" && parseFloat(s.outlineWidth) >= 1;
  const inner = [e, ...e.querySelectorAll("*")].map((one) => getComputedStyle(one));
  const marked = (one) => one.textDecorationLine === "underline" || parseFloat(one.strokeWidth) >= 2.5;
  const drawn = e.closest("svg") && inner.some(marked), told = e.outerHTML.slice(0, 90);
  const box = e.getBoundingClientRect();
  const seen = box.width > 0 && box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
  return [n, ring || drawn ? "" : `no ring: ${told}`, seen ? "" : `out of sight: ${told}`]; })()
"""

# Tables and regions that paper would cut: what is wider than its box, on a page as wide as paper.
CUT = """
(() => { const over = (e) => e.scrollWidth > e.clientWidth + 1 || e.scrollHeight > e.clientHeight + 1;
  return [...document.querySelectorAll("table, .scroll, pre, svg")]
    .filter((e) => e.checkVisibility() && !e.parentElement.closest("svg"))
    .filter((e) => e.getBoundingClientRect().right > innerWidth + 1 || (e.matches(".scroll, pre") && over(e)))
    .map((e) => `${e.tagName} ${e.className} ${e.id} ${e.scrollWidth}>${e.clientWidth}`).slice(0, 6); })()
"""

# Links within the page that lead nowhere, and ids that two elements have.
NOWHERE = """
(() => { const ids = [...document.querySelectorAll("[id]")].map((e) => e.id);
  const twice = ids.filter((id, n) => ids.indexOf(id) !== n).map((id) => `twice: ${id}`);
  return [...document.querySelectorAll("a[href^='#']")].map((e) => e.getAttribute("href"))
    .filter((to) => !document.getElementById(decodeURIComponent(to.slice(1)))).concat(twice); })()
"""
