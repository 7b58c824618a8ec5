// Rating a case: marks and notes are saved as one pauses, and the points are shown as they become.
// The page works without this; nothing here decides anything, it only sends the same form as the buttons do.
"use strict";

(() => {
  const form = document.getElementById("marks");
  if (!form) return;
  const status = document.getElementById("saved");
  const PAUSE = 1200, FIRST_WAIT = 5000, LONGEST_WAIT = 60000;

  // What was written last, what of it is saved, and what stands in the way: "" | "offline" | "signed-out" | "refused" | "changed".
  let edits = 0, saved = 0, trouble = "", tries = 0, running = null, pause = 0, again = 0;

  const say = (name, values = {}) =>
    form.getAttribute("data-say-" + name).replace(/\{(\w+)\}/g, (whole, key) => values[key] ?? whole);
  const tell = (...parts) => status.replaceChildren(...parts);
  const isUnsaved = () => edits !== saved;

  function touch() {
    edits += 1;
    if (trouble === "changed") return;
    if (trouble === "" || trouble === "refused") tell(say("unsaved"));
    clearTimeout(pause);
    pause = setTimeout(save, PAUSE);
  }

  // True where everything that was written is saved. One save at a time; what is written meanwhile goes with the next.
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
      if (!took(answer)) return false;
      saved = at;
    } while (isUnsaved());
    return true;
  }

  async function post(second = false) {
    const body = new URLSearchParams(new FormData(form));
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
    const answer = await fetch(location.pathname + location.search, {headers: {Accept: "text/html"}});
    if (new URL(answer.url).pathname === form.dataset.signIn) return {status: 401};
    if (!answer.ok) return {status: answer.status};
    const token = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector('meta[name="csrf-token"]');
    if (!token) return {status: 0};
    for (const one of document.querySelectorAll('input[name="csrf_token"]')) one.value = token.content;
    return true;
  }

  function took({status: code, said = {}}) {
    if (code === 200) {
      trouble = "";
      tries = 0;
      form.elements.version.value = said.version;
      show(said);
      tell(said.saved);
      return true;
    }
    if (code === 401) {
      trouble = "signed-out";
      const link = document.createElement("a");
      link.href = `${form.dataset.signIn}?next=${encodeURIComponent(location.pathname + location.search)}`;
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
      const problems = said.problems || [];
      trouble = problems.some((one) => one.code === "sheet-changed") ? "changed" : "refused";
      tell(trouble === "changed" ? say("changed") : say("refused", {why: problems.map((one) => one.words).join(" ") || String(code)}));
    }
    return false;
  }

  const points = (value, most) => most === undefined ? say("points", {points: value}) : say("points-of", {points: value, most});

  function show({total, points: found, lacking}) {
    document.getElementById("total").textContent = points(total, form.dataset.most);
    const missing = [];
    for (const one of form.querySelectorAll("[data-criterion]")) {
      const id = one.dataset.criterion, isLacking = lacking.includes(id);
      one.querySelector("[data-points]").textContent = isLacking || !(id in found) ? "" : points(found[id], one.dataset.most);
      if (isLacking) missing.push(one.querySelector("h3").textContent);
    }
    document.getElementById("lacking").textContent = missing.length ? say("lacking", {names: missing.join(", ")}) : say("complete");
  }

  form.addEventListener("input", (event) => { if (event.target.name) touch(); });
  form.addEventListener("change", (event) => { if (event.target.type === "radio") save(); });

  // By a button, what is written is saved first: a page that does not answer must not take the text with it.
  let passing = false;
  form.addEventListener("submit", async (event) => {
    if (passing || trouble === "changed" || (!isUnsaved() && !running)) return;
    event.preventDefault();
    event.stopPropagation();
    const by = event.submitter;
    if (!await save() && (trouble === "offline" || trouble === "signed-out")) return status.scrollIntoView({block: "center"});
    passing = true;
    form.requestSubmit(by);
    passing = false;
  });

  document.addEventListener("visibilitychange", () => {
    if (isUnsaved() && trouble !== "changed" && (document.visibilityState === "hidden" || trouble)) save();
  });
  addEventListener("online", () => { if (isUnsaved()) save(); });
  addEventListener("focus", () => { if (isUnsaved() && trouble === "signed-out") save(); });
  addEventListener("beforeunload", (event) => { if (isUnsaved()) event.preventDefault(); });
})();
