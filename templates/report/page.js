// What every page does: a link into something folded opens it, and paper shows all that is folded but diffs.
(() => {
  const reveal = () => {
    const goal = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    for (let node = goal; node; node = node.parentElement) if (node.tagName === "DETAILS") node.open = true;
    if (goal) goal.scrollIntoView();
  };
  addEventListener("hashchange", reveal);
  reveal();

  let opened = [];
  addEventListener("beforeprint", () => {
    opened = [...document.querySelectorAll("details:not(.file, .rule, .idle, [open])")];
    for (const one of opened) one.open = true;
  });
  addEventListener("afterprint", () => { for (const one of opened) one.open = false; });
})();
