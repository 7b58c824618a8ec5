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
})();
