// Small helps for pages that work without them.
"use strict";

(() => {
  // What is wrong is read first, also by those who listen.
  const problems = document.getElementById("problems");
  if (problems) problems.focus();

  // A form that is on its way is not sent again by an impatient second press.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.dataset.sent && Date.now() - Number(form.dataset.sent) < 5000) event.preventDefault();
    else form.dataset.sent = String(Date.now());
  });

  // What was kept of drafts in this browser is not left for the next one at the same machine.
  document.addEventListener("submit", (event) => {
    if (!event.target.action.endsWith("/sign-out")) return;
    try {
      for (const key of Object.keys(localStorage)) if (key.startsWith("draft:")) localStorage.removeItem(key);
    } catch { /* the browser keeps nothing */ }
  });
})();
