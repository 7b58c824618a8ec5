"""What is asked of a page in the browser itself, as scripts that tests evaluate there."""

from __future__ import annotations

SIDEWAYS = """() => {
  const root = document.documentElement, width = root.clientWidth;
  if (root.scrollWidth <= width) return [];
  const out = [...document.body.querySelectorAll("*")].filter((one) => {
    const box = one.getBoundingClientRect();
    return box.width > 0 && (box.right > width + 1 || box.left < -1);
  });
  const deepest = out.filter((one) => !out.some((other) => other !== one && one.contains(other)));
  return [`${root.scrollWidth} px on ${width}`, ...deepest.slice(0, 5).map((one) => one.outerHTML.slice(0, 120))];
}"""
"""Where the page is wider than the window: by how much, and what stands out."""

_CONTROLS = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']"
_SHOWN = """(one) =>
  one.getClientRects().length > 0 && one.checkVisibility({visibilityProperty: true}) && !one.disabled && one.tabIndex >= 0
"""

REACHABLE = f"""() => {{
  const isShown = {_SHOWN}, found = {{}};
  [...document.querySelectorAll("{_CONTROLS}")].filter(isShown).forEach((one, place) => {{
    // Of a group of choices the keyboard reaches one, and the arrows the others.
    const mark = one.type === "radio" ? "radio " + one.name : "n" + place;
    one.walkMark = mark;
    found[mark] = one.outerHTML.slice(0, 120);
  }});
  return found;
}}"""
"""What the keyboard must reach: its markup by a mark that is put on it."""

FROM_THE_TOP = """() => {
  document.activeElement.blur();
  window.getSelection().removeAllRanges();
  // From where the focus was last, the key goes on even when it is there no more.
  document.body.tabIndex = -1;
  document.body.focus();
  document.body.removeAttribute("tabindex");
  window.scrollTo(0, 0);
}"""
"""The next press of Tab is the first on the page."""

FOCUSED = """() => {
  const one = document.activeElement;
  if (!one || one === document.body) return null;
  const box = one.getBoundingClientRect(), style = getComputedStyle(one), faults = [];
  // A box to tick may be drawn by its label.
  const shown = [style, one.labels && one.labels[0] ? getComputedStyle(one.labels[0]) : style];
  const isMarked = (has) => (has.outlineStyle !== "none" && parseFloat(has.outlineWidth) >= 1) || has.boxShadow !== "none";
  if (!shown.some(isMarked)) faults.push("the focus does not show");
  if (box.width < 1 || box.height < 1) faults.push("has no size");
  if (box.bottom < 0 || box.top > innerHeight || box.right < 0 || box.left > innerWidth) faults.push("is out of sight");
  return {mark: one.walkMark || one.outerHTML, html: one.outerHTML.slice(0, 120), faults};
}"""
"""What has the focus, and what is wrong with how that shows; null where the walk has come to its end."""

OVERLAPS = f"""() => {{
  const isShown = {_SHOWN};
  const all = [...document.querySelectorAll("{_CONTROLS}")].filter(isShown);
  const found = [];
  for (let n = 0; n < all.length; n++) for (let m = n + 1; m < all.length; m++) {{
    if (all[n].contains(all[m]) || all[m].contains(all[n])) continue;
    for (const a of all[n].getClientRects()) for (const b of all[m].getClientRects()) {{
      const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
      const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
      if (across > 3 && down > 3) found.push(all[n].outerHTML.slice(0, 80) + " over " + all[m].outerHTML.slice(0, 80));
    }}
  }}
  return [...new Set(found)];
}}"""
"""Pairs of controls that lie over each other."""
