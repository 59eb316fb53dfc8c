// What was typed is kept in this tab until it was submitted: a reload, an expired sign-in or a lost connection loses
// nothing. A form asks for it with data-keep="name". Never kept: private fields, passwords, files, signatures.
// The key of the form is kept with it, so that sending again after a lost connection is still the same action.

import { keyOf } from "./once.js";
import { say } from "./sentences.js";

const PREFIX = "banli:keep:";
const owner = () => document.body.dataset.staff ?? "";

function place(form) {
  return `${PREFIX}${owner()}:${form.dataset.keep}`;
}

function read(form) {
  try {
    return JSON.parse(sessionStorage.getItem(place(form)));
  } catch {
    return null;
  }
}

function write(form, entry) {
  try {
    sessionStorage.setItem(place(form), JSON.stringify(entry));
  } catch {
    // A full or forbidden store: the form works all the same, it is only not kept.
  }
}

export function forget(form) {
  sessionStorage.removeItem(place(form));
}

function kept(element) {
  return element.name && !["hidden", "password", "file", "submit", "button"].includes(element.type)
    && !("private" in element.dataset);
}

function answers(form) {
  const told = {};
  for (const element of form.elements) {
    if (!kept(element)) continue;
    const choice = element.type === "radio" || element.type === "checkbox";
    if (choice && !element.checked) continue;
    (told[element.name] ??= []).push(element.value);
  }
  return told;
}

function remember(form, sent = false) {
  write(form, { answers: answers(form), key: keyOf(form)?.value ?? "", sent });
}

/** Put the kept answers back. Rows that the table does not have yet are added first. */
function restore(form, entry) {
  for (const name of Object.keys(entry.answers)) {
    if (!form.elements.namedItem(name)) form.dispatchEvent(new CustomEvent("banli:need", { detail: { name } }));
  }
  let changed = false;
  for (const element of form.elements) {
    if (!kept(element)) continue;
    const values = entry.answers[element.name] ?? [];
    if (element.type === "radio" || element.type === "checkbox") {
      const chosen = values.includes(element.value);
      changed ||= chosen !== element.checked;
      element.checked = chosen;
    } else {
      const value = values.shift() ?? "";
      changed ||= value !== element.value;
      element.value = value;
    }
  }
  const key = keyOf(form);
  if (entry.key && key) key.value = entry.key;
  return changed;
}

function tell(form) {
  const line = document.createElement("p");
  line.className = "notice kept-notice";
  line.setAttribute("role", "status");
  const text = document.createElement("span");
  text.className = "notice-words";
  text.textContent = say("kept");
  const again = document.createElement("button");
  Object.assign(again, { type: "button", className: "btn btn-plain btn-sm", textContent: say("start-over") });
  again.addEventListener("click", () => { forget(form); location.reload(); });
  line.append(text, again);
  form.prepend(line);
}

const seen = new WeakSet();

export function upgrade(root) {
  for (const form of root.querySelectorAll("form[data-keep]")) {
    if (seen.has(form)) continue;
    seen.add(form);
    // The server shows the form again with what was typed and what is wrong with it: that is newer than ours.
    if (form.querySelector('[aria-invalid="true"]')) { remember(form); continue; }
    const entry = read(form);
    if (entry && restore(form, entry)) tell(form);
  }
  if (root === document || root === document.body) forgetAnswered();
}

/** A page without the form after it was sent means that it was answered. */
function forgetAnswered() {
  const here = new Set([...document.querySelectorAll("form[data-keep]")].map(place));
  for (const name of Object.keys(sessionStorage)) {
    if (!name.startsWith(PREFIX) || here.has(name)) continue;
    try {
      if (!JSON.parse(sessionStorage.getItem(name)).sent || document.querySelector("[data-sign-in]")) continue;
    } catch { /* not ours to read: remove it */ }
    sessionStorage.removeItem(name);
  }
}

export function start() {
  const changed = (event) => {
    const form = event.target.form;
    if (form?.dataset?.keep) remember(form);
  };
  document.addEventListener("input", changed);
  document.addEventListener("change", changed);
  document.addEventListener("banli:rows", (event) => { if (event.target.closest("form")?.dataset.keep) remember(event.target.closest("form")); });
  document.addEventListener("submit", (event) => {
    if (event.target.matches?.("form[data-keep]")) remember(event.target, true);
    // Signing out: nothing typed or kept stays behind for the next person at this counter.
    if (event.target.matches?.("form[data-forget]")) forgetAll();
  }, true);
  // Before the page that answers stands there: it may have the same form, to be filled in anew.
  document.addEventListener("htmx:beforeSwap", answered);
  if (document.querySelector("[data-sign-in]")) forgetCaches();
  document.addEventListener("htmx:afterRequest", answered);
}

function answered(event) {
  const { requestConfig, xhr } = event.detail;
  const form = requestConfig?.elt?.closest?.("form[data-keep]");
  if (form && xhr.status > 0 && xhr.status < 400 && !xhr.responseText.includes("data-sign-in")) forget(form);
}

export function forgetAll() {
  for (const name of Object.keys(sessionStorage)) if (name.startsWith(PREFIX)) sessionStorage.removeItem(name);
  forgetCaches();
}

/** What a room keeps for when there is no network is only for whoever is signed in. */
async function forgetCaches() {
  for (const name of (await globalThis.caches?.keys()) ?? []) if (name.startsWith("banli-")) await caches.delete(name);
}
