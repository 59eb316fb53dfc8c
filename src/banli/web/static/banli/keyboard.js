// Keys for those who wish: whatever carries data-key is clicked, or focused if one types in it. "g i" is g, then i.
// While one types, a number is pressed with Alt, as the hints then say. j and k go through a list, Enter opens (the
// link has the focus). ? shows all keys of the page.

const PAUSE = 1200;
let typed = "", timer = 0;

export function start() {
  document.addEventListener("keydown", press);
  document.addEventListener("toggle", (event) => { if (event.target.id === "keys") list(event.target); }, true);
}

function press(event) {
  if (event.defaultPrevented || event.isComposing) return;
  if (event.altKey) return digit(event);
  const inField = event.target.matches?.("input, textarea, select, [contenteditable]");
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) return submit(event);
  if (event.key === "Escape" && inField) return event.target.blur();
  if (event.ctrlKey || event.metaKey || inField || document.querySelector("dialog[open]")) return;
  if (event.key === "?") return help(event);
  if (event.key === "j" || event.key === "k") return step(event, event.key === "j" ? 1 : -1);
  if (event.key.length === 1) follow(event);
}

/** The key's place counts: with Alt some keyboards write another sign. */
function digit(event) {
  const number = /^(?:Digit|Numpad)([1-9])$/.exec(event.code)?.[1];
  if (!number || event.ctrlKey || event.metaKey || event.shiftKey || document.querySelector("dialog[open]")) return;
  const wanted = document.querySelector(`[data-key="${number}"]`);
  if (!wanted) return;
  event.preventDefault();
  wanted.click();
}

function submit(event) {
  const form = event.target.form ?? event.target.closest?.("form");
  if (!form || form.method === "dialog") return;
  event.preventDefault();
  const button = [...form.elements].find((element) => element.type === "submit");
  if (button) button.click();
  else form.requestSubmit();
}

function help(event) {
  const dialog = document.getElementById("keys");
  if (!dialog) return;
  event.preventDefault();
  list(dialog);
  dialog.showModal();
}

function step(event, by) {
  const all = [...document.querySelectorAll("[data-list] [data-row]")]
    .map((row) => (row.matches("a, button") ? row : row.querySelector("a, button"))).filter((row) => row?.offsetParent);
  if (!all.length) return;
  event.preventDefault();
  const at = all.indexOf(document.activeElement);
  all[at < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(Math.max(at + by, 0), all.length - 1)].focus();
}

function follow(event) {
  clearTimeout(timer);
  timer = setTimeout(() => { typed = ""; }, PAUSE);
  typed = `${typed} ${event.key}`.trim();
  const keys = [...document.querySelectorAll("[data-key]")];
  let match = keys.find((element) => element.dataset.key === typed);
  if (!match && !keys.some((element) => element.dataset.key.startsWith(`${typed} `))) {
    typed = event.key;
    match = keys.find((element) => element.dataset.key === typed);
  }
  if (!match) return;
  event.preventDefault();
  typed = "";
  if (match.matches("input, textarea, select")) { match.focus(); match.select?.(); } else match.click();
}

/** The page's own keys, first in the list. */
function list(dialog) {
  const table = dialog.querySelector("[data-keys]");
  for (const old of table.querySelectorAll("[data-own]")) old.remove();
  const rows = [...document.querySelectorAll("[data-key]")].map((element) => {
    const row = document.createElement("div"), name = document.createElement("dt"), keys = document.createElement("dd");
    row.dataset.own = "";
    name.textContent = element.dataset.keyLabel || element.getAttribute("aria-label") || element.querySelector("span")?.textContent || element.textContent.trim();
    for (const key of element.dataset.key.split(" ")) {
      const cap = document.createElement("kbd");
      cap.textContent = key;
      keys.append(cap, " ");
    }
    row.append(name, keys);
    return row;
  });
  table.prepend(...rows);
}
