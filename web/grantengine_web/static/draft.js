// Writing an application: what is typed is saved as one pauses, and kept in this browser for as long as it could not be.
// The page works without this; nothing here decides anything, it only sends the same form as the buttons do.
"use strict";

(() => {
  const form = document.getElementById("draft");
  if (!form) return;
  const status = document.getElementById("saved");
  const PAUSE = 2000, KEPT_AFTER = 200, FIRST_WAIT = 5000, LONGEST_WAIT = 60000, MOST_AT_LEAVING = 60000;
  const NOT_KEPT = /^(csrf_token$|base$|go$|told\.|keep\.)/;

  // What was typed last, what of it is saved, and what stands in the way: "" | "offline" | "signed-out" | "refused" | "clashed".
  let edits = 0, saved = 0, trouble = "", tries = 0, running = null, pause = 0, again = 0, keeping = 0;
  let faults = {};

  const say = (name, values = {}) =>
    form.getAttribute("data-say-" + name).replace(/\{(\w+)\}/g, (whole, key) => values[key] ?? whole);
  const tell = (...parts) => status.replaceChildren(...parts);
  const isUnsaved = () => edits !== saved;
  const entries = () => [...new FormData(form)].filter(([name, value]) => typeof value === "string");
  const base = () => JSON.parse(form.elements.base.value || "{}");

  // --- Kept in this browser --------------------------------------------------------------------------------------------

  function keep() {
    clearTimeout(keeping);
    keeping = 0;
    const typed = entries().filter(([name]) => !NOT_KEPT.test(name));
    try {
      localStorage.setItem(form.dataset.key, JSON.stringify({at: Date.now(), base: form.elements.base.value, typed}));
    } catch { /* there is no room, or the browser keeps nothing: then it is only on the page */ }
  }

  function forget() {
    clearTimeout(keeping);
    keeping = 0;
    try { localStorage.removeItem(form.dataset.key); } catch { /* nothing is kept */ }
  }

  function found() {
    try { return JSON.parse(localStorage.getItem(form.dataset.key)); } catch { return null; }
  }

  // The same, however the page writes numbers, and without what is empty.
  function marks(typed) {
    const bare = typed.filter(([name]) => !NOT_KEPT.test(name) && !name.endsWith(".kept"));
    return JSON.stringify(bare.map(([name, value]) => [name, mark(value)]).filter((one) => one[1]).sort());
  }

  // Only of what is all digits may signs be left out: in a text, a comma or a new line is something that was written.
  function mark(value) {
    if (!/^[-\d\s.,]+$/.test(value)) return value.trim() && value;
    return value.replace(/\s/g, "").replace(/[.,](?=\d{3}(?:\D|$))/g, "").replace(/[.,]0*$|([.,]\d*?)0+$/, "$1").replace(",", ".");
  }

  function offer() {
    const kept = found();
    if (!kept) return;
    if (marks(kept.typed) === marks(entries())) return forget();
    const box = document.getElementById("recover");
    const alert = document.createElement("div"), text = document.createElement("p"), actions = document.createElement("div");
    alert.className = "ds-alert";
    alert.dataset.color = "warning";
    actions.className = "site-actions";
    const at = new Date(kept.at).toLocaleString({nb: "nb-NO", nn: "nn-NO"}[form.dataset.language] || "en-GB", {dateStyle: "long", timeStyle: "short", timeZone: "Europe/Oslo"});
    text.textContent = say("found", {time: at});
    const button = (words, variant, act) => {
      const made = document.createElement("button");
      made.type = "button";
      made.className = "ds-button";
      made.dataset.variant = variant;
      made.textContent = words;
      made.addEventListener("click", () => { box.hidden = true; box.replaceChildren(); act(); });
      return made;
    };
    actions.append(
      button(say("restore"), "primary", () => { form.elements.base.value = kept.base; fill(kept.typed); touch(); save(); }),
      button(say("discard"), "tertiary", forget),
    );
    alert.append(text, actions);
    box.replaceChildren(alert);
    box.hidden = false;
  }

  function fill(typed) {
    for (const [name] of typed) {
      const row = name.match(/^a\.(\w+)\.(\d+)\./);
      while (row && !form.querySelector(`[name^="a.${row[1]}.${row[2]}."]`)) if (!addRow(row[1], Number(row[2]))) break;
    }
    for (const control of form.elements) {
      if (!control.name || !control.name.startsWith("a.")) continue;
      const values = typed.filter(([name]) => name === control.name).map((one) => one[1]);
      if (control.type === "radio" || control.type === "checkbox") control.checked = values.includes(control.value);
      else if (values.length || !control.name.endsWith(".kept")) {
        if (control.type === "date" && values[0] && !/^\d{4}-\d\d-\d\d$/.test(values[0])) control.type = "text";
        control.value = values[0] ?? "";
      }
    }
  }

  // --- Saving ----------------------------------------------------------------------------------------------------------

  function touch() {
    edits += 1;
    if (trouble !== "offline" && trouble !== "signed-out") tell(say("unsaved"));
    if (!keeping) keeping = setTimeout(keep, KEPT_AFTER);
    clearTimeout(pause);
    pause = setTimeout(save, PAUSE);
    look();
  }

  // True where everything that was typed is saved. One save at a time; what is typed meanwhile goes with the next.
  function save() {
    clearTimeout(pause);
    clearTimeout(again);
    if (!running) running = send().finally(() => { running = null; });
    return running;
  }

  async function send() {
    do {
      const at = edits;
      if (trouble === "") tell(say("saving"));
      const answer = await post();
      if (!await took(answer)) return false;
      saved = at;
    } while (isUnsaved());
    if (trouble === "") forget();
    return trouble === "";
  }

  async function post(second = false) {
    const body = new URLSearchParams(entries());
    body.set("go", "save");
    try {
      const answer = await fetch(form.action, {method: "POST", body, headers: {Accept: "application/json"}, redirect: "manual"});
      if (answer.status === 400 && !second) {
        const token = await newToken();
        return token === true ? post(true) : token;
      }
      return {status: answer.status, said: await answer.json().catch(() => ({}))};
    } catch {
      return {status: 0};
    }
  }

  // After a new sign-in, forms of before carry a token that is not taken any more; the page has a new one.
  async function newToken() {
    const answer = await fetch(location.pathname, {headers: {Accept: "text/html"}});
    if (new URL(answer.url).pathname === form.dataset.signIn) return {status: 401};
    if (!answer.ok) return {status: answer.status, said: {}};
    const token = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector('meta[name="csrf-token"]');
    if (!token) return {status: 0};
    for (const one of document.querySelectorAll('input[name="csrf_token"]')) one.value = token.content;
    return true;
  }

  async function took({status: code, said = {}}) {
    if (code === 200) {
      trouble = said.clashes ? "clashed" : "";
      tries = 0;
      form.elements.base.value = JSON.stringify({...base(), ...said.base});
      faults = said.faults;
      showFaults();
      showClashes(said.clashes || {});
      tell(trouble ? say("clashed") : said.saved);
      return true;
    }
    keep();
    if (code === 401) {
      trouble = "signed-out";
      const link = document.createElement("a");
      link.href = `${form.dataset.signIn}?next=${encodeURIComponent(location.pathname)}`;
      link.target = "_blank";
      link.rel = "noopener";
      link.className = "ds-link";
      link.textContent = say("sign-in");
      tell(say("signed-out"), " ", link);
      again = setTimeout(save, LONGEST_WAIT / 2);
    } else if (code === 0 || code >= 500) {
      trouble = "offline";
      tell(say("offline"));
      again = setTimeout(save, Math.min(FIRST_WAIT * 2 ** tries, LONGEST_WAIT));
      tries += 1;
    } else {
      trouble = "refused";
      const words = (said.problems || []).map((one) => one.words).join(" ");
      tell(say("refused", {why: words || String(code)}));
    }
    return false;
  }

  // --- What the page shows of it -----------------------------------------------------------------------------------------

  function showFaults() {
    const wrong = {};
    for (const [pointer, words] of Object.entries(faults)) wrong[placeOf(pointer)] = words;
    for (const box of form.querySelectorAll(".site-faults")) {
      const place = box.id.replace(/-faults$/, ""), control = document.getElementById(place);
      // Nobody is told in the middle of a number that it is too short.
      const words = box.parentElement.contains(document.activeElement) && !box.childElementCount ? [] : wrong[place] || [];
      if (words.join() === [...box.children].map((one) => one.textContent).join()) continue;
      box.replaceChildren(...words.map((text) => {
        const said = document.createElement("p");
        said.className = "ds-validation-message";
        said.textContent = text;
        return said;
      }));
      if (control && control.matches("input, textarea, select")) {
        if (words.length) control.setAttribute("aria-invalid", "true");
        else control.removeAttribute("aria-invalid");
      }
    }
  }

  // Rows are counted without those that are empty, as they are saved.
  function placeOf(pointer) {
    const [, question, row, column] = pointer.split("/");
    if (column === undefined) return `q-${question}`;
    const rows = form.querySelectorAll(`[data-rows="${question}"] > [data-row]`);
    const filled = [...rows].filter((one) => [...one.querySelectorAll("[name^='a.']")].some(hasValue));
    return `q-${question}-${filled[row]?.dataset.row ?? row}-${column}`;
  }

  const hasValue = (control) => (control.type === "radio" || control.type === "checkbox" ? control.checked && control.value !== "" : control.value.trim() !== "");

  function showClashes(told) {
    // Where the other's answer is chosen, the field still has one's own: until the page is shown anew, the choice goes with it.
    for (const box of form.querySelectorAll("[data-clash]")) {
      if (!(box.dataset.clash in told) && !box.querySelector('[value="theirs"]:checked')) box.remove();
    }
    for (const [question, html] of Object.entries(told)) {
      const field = form.querySelector(`[data-question="${question}"]`), known = field.querySelector("[data-clash]");
      const made = new DOMParser().parseFromString(html, "text/html").querySelector("[data-clash]");
      const mark = (box) => box.querySelector("input[type=hidden]").value;
      if (known && mark(known) === mark(made)) continue;
      if (known) known.remove();
      field.prepend(document.adoptNode(made));
    }
  }

  function number(text, whole) {
    let bare = text.replace(/[\s\u00a0\u202f\u2009']/g, "").replace("\u2212", "-");
    if (whole && /^-?\d{1,3}([.,])\d{3}(\1\d{3})*$/.test(bare)) bare = bare.replace(/[.,]/g, "");
    return /^-?\d+([.,]\d+)?$/.test(bare) ? Number(bare.replace(",", ".")) : null;
  }

  function ore(text) {
    let bare = text.replace(/[\s\u00a0\u202f\u2009']/g, "").replace(/^(kr|nok)\.?|(kr|nok|,-+)\.?$/gi, "");
    const parted = bare.match(/^(\d{1,3}(?:([.,])\d{3})(?:\2\d{3})*)(?:(?!\2)[.,](\d{1,2}))?$/);
    if (parted) bare = parted[1].replace(/[.,]/g, "") + (parted[3] ? "." + parted[3] : "");
    return /^\d+([.,]\d{1,2})?$/.test(bare) ? Math.round(Number(bare.replace(",", ".")) * 100) : 0;
  }

  function answerOf(field) {
    const name = `a.${field.dataset.question}`, shape = field.dataset.shape;
    if (shape === "yes_no" || (shape === "radio" && !field.querySelector("select"))) {
      const chosen = field.querySelector(`input[name="${name}"]:checked`);
      if (!chosen || !chosen.value) return null;
      return shape === "yes_no" ? chosen.value === "yes" : chosen.value;
    }
    const control = field.querySelector(`[name="${name}"]`);
    if (!control) return null;
    if (shape === "checkbox") return control.checked ? true : null;
    const text = control.value;
    if (!text.trim()) return null;
    if (shape === "number") return number(text, "whole" in field.dataset) ?? text;
    if (shape === "percent") { const share = number(text.replace("%", "")); return share === null ? text : share / 100; }
    return text;
  }

  const {rules, answers: elsewhere} = JSON.parse(document.getElementById("rules").textContent);

  // Which questions follow from the answers; each rule comes after those that it depends on.
  function look() {
    const answers = {...elsewhere};
    for (const field of rules.length ? form.querySelectorAll("[data-question]") : []) answers[field.dataset.question] = answerOf(field);
    for (const [question, rule] of rules) {
      const shown = grantengineIsShown(rule, answers);
      form.querySelector(`[data-question="${question}"]`).hidden = !shown;
      if (!shown) answers[question] = null;
    }
    for (const room of form.querySelectorAll("[data-most]")) {
      const text = document.getElementById(room.id.replace(/-left$/, "")), most = Number(room.dataset.most);
      const left = most - [...text.value].length;
      room.textContent = left < 0 ? say("over", {over: -left}) : text.value ? say("left", {left}) : room.textContent;
      room.classList.toggle("ds-validation-message", left < 0);
    }
    for (const sum of form.querySelectorAll("[data-sum]")) {
      const cells = sum.parentElement.querySelectorAll(`[data-row] [name$=".${sum.dataset.sum}"]`);
      const whole = [...cells].reduce((all, cell) => all + ore(cell.value), 0) / 100;
      const cents = Number.isInteger(whole) ? 0 : 2;
      const shown = new Intl.NumberFormat(form.dataset.language === "en" ? "en-GB" : "nb-NO", {minimumFractionDigits: cents, maximumFractionDigits: cents});
      sum.hidden = ![...cells].some((cell) => cell.value.trim());
      sum.querySelector("output").textContent = `${shown.format(whole)} kr`;
    }
  }

  // --- Rows ------------------------------------------------------------------------------------------------------------

  function addRow(question, wanted) {
    const rows = form.querySelector(`[data-rows="${question}"]`), template = document.getElementById(`row-${question}`);
    if (!rows || !template) return null;
    const numbers = [...rows.children].map((row) => Number(row.dataset.row));
    const next = wanted ?? Math.max(-1, ...numbers) + 1;
    const row = document.importNode(template.content, true).querySelector("[data-row]");
    for (const one of [row, ...row.querySelectorAll("*")]) {
      for (const attribute of one.attributes) attribute.value = attribute.value.replaceAll("999999", String(next));
    }
    rows.append(row);
    renumber(rows);
    return row;
  }

  function renumber(rows) {
    [...rows.children].forEach((row, place) => {
      row.querySelector("legend").textContent = say("row", {number: place + 1});
      const spoken = row.querySelector("[data-remove] .site-visually-hidden");
      spoken.textContent = spoken.textContent.replace(/\d+/, String(place + 1));
    });
  }

  form.addEventListener("click", (event) => {
    const button = event.target.closest("[data-add], [data-remove]");
    if (!button) return;
    event.preventDefault();
    if ("add" in button.dataset) {
      const row = addRow(button.value.split(":")[1]);
      if (row) row.querySelector("input, textarea, select").focus();
    } else {
      const rows = button.closest("[data-rows]"), next = rows.parentElement.querySelector("[data-add]");
      button.closest("[data-row]").remove();
      renumber(rows);
      next.focus();
    }
    touch();
  });

  // --- When --------------------------------------------------------------------------------------------------------------

  form.addEventListener("input", (event) => {
    if (!event.target.name || event.target.name.startsWith("keep.")) return;
    touch();
  });
  form.addEventListener("change", (event) => {
    if (!event.target.name || !event.target.name.startsWith("keep.")) return;
    touch();
    // What the other wrote is shown by the page anew.
    if (event.target.value === "theirs") form.requestSubmit();
    else save();
  });
  form.addEventListener("focusout", () => setTimeout(showFaults));

  // By a button, what is typed is saved first: a page that does not answer must not take the text with it.
  let passing = false;
  form.addEventListener("submit", async (event) => {
    if (passing || (!isUnsaved() && !running)) return;
    event.preventDefault();
    event.stopPropagation();
    const by = event.submitter;
    if (!await save()) {
      const clash = form.querySelector("[data-clash]");
      return clash && trouble === "clashed" ? clash.focus() : status.scrollIntoView({block: "center"});
    }
    passing = true;
    form.requestSubmit(by);
    passing = false;
  });

  function leave() {
    if (!isUnsaved()) return;
    keep();
    const body = new URLSearchParams(entries());
    body.set("go", "save");
    if (body.toString().length < MOST_AT_LEAVING) {
      fetch(form.action, {method: "POST", body, headers: {Accept: "application/json"}, keepalive: true}).catch(() => {});
    }
  }

  addEventListener("pagehide", leave);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") { if (isUnsaved()) { keep(); save(); } }
    else if (isUnsaved() && trouble) save();
  });
  addEventListener("online", () => { if (isUnsaved()) save(); });
  addEventListener("focus", () => { if (isUnsaved() && trouble === "signed-out") save(); });
  addEventListener("beforeunload", (event) => { if (trouble && (isUnsaved() || trouble === "clashed")) event.preventDefault(); });

  for (const part of document.querySelectorAll("[data-without-script]")) part.hidden = true;
  for (const box of document.querySelectorAll("[data-load]")) {
    box.addEventListener("toggle", async () => {
      if (!box.open) return;
      if (isUnsaved()) await save();
      try {
        const answer = await fetch(box.dataset.load, {headers: {Accept: "text/html"}});
        if (!answer.ok || answer.redirected) return;
        const made = new DOMParser().parseFromString(await answer.text(), "text/html");
        box.querySelector("[data-into]").replaceChildren(...made.body.childNodes);
      } catch { /* the link to the page is there */ }
    });
  }
  look();
  offer();
})();
