// A page that tells how far work in the background has come looks again by itself; without this, one follows its link.
"use strict";

(() => {
  const shown = document.getElementById("progress");
  if (!shown || shown.dataset.progress !== "going") return;
  const WAIT = 3000;
  let failures = 0;

  async function look() {
    try {
      const answer = await fetch(location.href, { credentials: "same-origin", headers: { Accept: "text/html" } });
      if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.getElementById("progress");
      if (!fresh) throw new Error("no progress");
      failures = 0;
      update(fresh);
    } catch {
      failures += 1;
    }
    if (shown.dataset.progress === "going" && failures < 5) setTimeout(look, WAIT * (failures + 1));
  }

  // What is read out is changed in its own place, so that it is read once; the rest is taken over as it stands.
  function update(fresh) {
    const told = shown.querySelector("[role=status]");
    const words = fresh.querySelector("[role=status]").textContent;
    const had = shown.contains(document.activeElement) && document.activeElement !== told;
    if (told.textContent !== words) told.textContent = words;
    fresh.querySelector("[role=status]").remove();
    for (const one of [...shown.children]) if (one !== told) one.remove();
    shown.append(...fresh.children);
    shown.dataset.progress = fresh.dataset.progress;
    if (had) shown.querySelector("a, button")?.focus();
  }

  setTimeout(look, WAIT);
})();
