// A table on a form: rows are added and removed, Enter goes on to the next cell and adds a row at the end, and cells
// copied from a spreadsheet fill as many rows as they need. The server drops rows that stay blank.

import { say } from "./sentences.js";
import { toast } from "./toasts.js";

const seen = new WeakSet();

export function upgrade(root) {
  for (const field of root.querySelectorAll("[data-rows-field]")) {
    if (seen.has(field)) continue;
    seen.add(field);
    begin(field);
  }
}

function begin(field) {
  for (const row of rows(field).slice(1).reverse()) {
    if (!blank(row) || rows(field).length <= Number(field.dataset.min)) break;
    row.remove();
  }
  field.addEventListener("click", (event) => {
    if (event.target.closest("[data-add-row]")) inputs(add(field))[0]?.focus();
    const remove = event.target.closest("[data-remove-row]");
    if (remove) removeRow(field, remove.closest("[data-entry]"));
  });
  field.addEventListener("keydown", (event) => move(field, event));
  field.addEventListener("paste", (event) => paste(field, event));
  // Kept answers want rows that are not there yet.
  field.closest("form")?.addEventListener("banli:need", (event) => {
    const match = event.detail.name.match(/^(.*)-(\d+)-[^-]+$/);
    if (match?.[1] !== field.dataset.rowsField) return;
    while (rows(field).length <= Number(match[2]) && add(field)) { /* until the row is there */ }
  });
}

function rows(field) {
  return [...field.querySelectorAll("[data-entry]")];
}

function inputs(row) {
  return row ? [...row.querySelectorAll("input, select")] : [];
}

function blank(row) {
  return inputs(row).every((input) => !input.value.trim());
}

/** A new row at the end, or null where the table is full. */
export function add(field) {
  const most = Number(field.dataset.max);
  if (rows(field).length >= most) {
    toast(say("rows-full", { n: most }));
    return null;
  }
  const row = field.querySelector("template").content.cloneNode(true).firstElementChild;
  field.querySelector("tbody").append(row);
  renumber(field);
  return row;
}

function removeRow(field, row) {
  const all = rows(field);
  const index = all.indexOf(row);
  if (all.length <= Number(field.dataset.min)) {
    for (const input of inputs(row)) input.value = "";
    inputs(row)[0]?.focus();
  } else {
    row.remove();
    renumber(field);
    inputs(rows(field)[Math.min(index, all.length - 2)])[0]?.focus();
  }
  field.dispatchEvent(new CustomEvent("banli:rows", { bubbles: true }));
}

/** Rows are numbered without gaps, in the names that are sent as on the screen. */
function renumber(field) {
  rows(field).forEach((row, index) => {
    row.querySelector("[data-number]").textContent = String(index + 1);
    for (const input of inputs(row)) input.name = input.name.replace(/-(\d+|__row__)-([^-]+)$/, `-${index}-$2`);
  });
}

function move(field, event) {
  const row = event.target.closest?.("[data-entry]");
  if (!row || event.isComposing || event.ctrlKey || event.metaKey || !event.target.matches("input, select")) return;
  const all = rows(field), cells = inputs(row), across = cells.indexOf(event.target), down = all.indexOf(row);
  if (event.key === "Enter") {
    event.preventDefault();
    if (across + 1 < cells.length) cells[across + 1].focus();
    else if (down + 1 < all.length) inputs(all[down + 1])[0].focus();
    else if (!blank(row)) inputs(add(field))[0]?.focus();
  } else if ((event.key === "ArrowUp" || event.key === "ArrowDown") && event.target.type !== "date" && event.target.matches("input")) {
    const next = all[down + (event.key === "ArrowUp" ? -1 : 1)];
    if (next) { event.preventDefault(); inputs(next)[across].focus(); }
  }
}

/** Lines and tabs, as spreadsheets copy them. A single cell is pasted as usual. */
function paste(field, event) {
  const text = event.clipboardData?.getData("text/plain") ?? "";
  const lines = text.replace(/\r/g, "").replace(/\n+$/, "").split("\n").map((line) => line.split("\t"));
  const row = event.target.closest?.("[data-entry]");
  if (!row || (lines.length < 2 && lines[0].length < 2)) return;
  event.preventDefault();
  const first = rows(field).indexOf(row), from = inputs(row).indexOf(event.target);
  lines.forEach((cells, offset) => {
    const target = rows(field)[first + offset] ?? add(field);
    const into = inputs(target);
    cells.forEach((value, index) => { if (into[from + index]) into[from + index].value = value.trim(); });
  });
  event.target.dispatchEvent(new Event("input", { bubbles: true }));
}
