// One button ticks all boxes of a list, or none; it is only there where this runs.
"use strict";

(() => {
  for (const form of document.querySelectorAll("form[data-ticks]")) {
    const place = form.querySelector("[data-tick-all]");
    const boxes = [...form.querySelectorAll("input[type=checkbox][name=case]")];
    if (!place || !boxes.length) continue;
    const all = document.createElement("button");
    all.type = "button";
    all.className = "ds-button";
    all.dataset.variant = "tertiary";
    all.textContent = place.dataset.tickAll;
    const tell = () => all.setAttribute("aria-pressed", String(boxes.every((box) => box.checked)));
    all.addEventListener("click", () => {
      const wanted = !boxes.every((box) => box.checked);
      for (const box of boxes) box.checked = wanted;
      tell();
    });
    form.addEventListener("change", tell);
    place.append(all);
    tell();
  }
})();
