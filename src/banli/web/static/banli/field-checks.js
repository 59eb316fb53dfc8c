// Says at once what the server would say after sending, in the reader's language. It never keeps a form from being
// sent: the server is the judge.

import { say } from "./sentences.js";

const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const DIGITS = "10X98765432";

/** The check digit of an identity number's first 17 digits: GB 11643, ISO 7064 MOD 11-2. */
export function checkDigit(first17) {
  return DIGITS[WEIGHTS.reduce((sum, weight, index) => sum + weight * Number(first17[index]), 0) % 11];
}

/** What is wrong with an identity number, as [sentence, values]; null when nothing is. */
export function idFault(text) {
  const id = tidy(text).toUpperCase();
  if (id.length !== 18) return ["id-length", { n: id.length }];
  if (!/^\d{17}[\dX]$/.test(id)) return ["id-form"];
  if (!isDay(id.slice(6, 10), id.slice(10, 12), id.slice(12, 14))) return ["id-date"];
  return checkDigit(id) === id[17] ? null : ["id-digit"];
}

function isDay(year, month, day) {
  const date = new Date(Number(year), Number(month) - 1, Number(day));
  return Number(year) >= 1900 && date <= new Date() && date.getMonth() === Number(month) - 1 && date.getDate() === Number(day);
}

/** A Chinese mobile number, a landline with its area code, or a foreign number written with + and its country's code. */
export function phoneFault(text) {
  const number = tidy(text).replace(/[-()]/g, "").replace(/^(\+|00)86(?=1\d{10}$)/, "").replace(/^(\+|00)86(?=[1-9])/, "0");
  return /^1[3-9]\d{9}$/.test(number) || /^0\d{9,11}$/.test(number) || /^\+(?!86)\d{7,15}$/.test(number) ? null : ["phone"];
}

function tidy(text) {
  return text.normalize("NFKC").replace(/\s/g, "");
}

function limits(input, toNumber) {
  const { least, most } = input.dataset, value = toNumber(input.value.trim());
  if (least && value < Number(least)) return ["least", { limit: least }];
  return most && value > Number(most) ? ["most", { limit: most }] : null;
}

function between(input) {
  if (input.min && input.value < input.min) return ["not-before", { limit: input.min.replace("T", " ") }];
  return input.max && input.value > input.max ? ["not-after", { limit: input.max.replace("T", " ") }] : null;
}

const CHECKS = {
  cn_id: (input) => idFault(input.value),
  phone: (input) => phoneFault(input.value),
  person_name: (input) => (/^(?=.*\p{L})[\p{L}\p{M}·•.'’\- ]{1,60}$/u.test(input.value.trim()) ? null : ["person-name"]),
  integer: (input) => (/^[+-]?\d+$/.test(input.value.trim()) ? limits(input, Number) : ["integer"]),
  money: (input) => (/^¥?\d+(\.\d{1,2})?$/.test(input.value.trim()) ? limits(input, (text) => Number(text.replace("¥", ""))) : ["money"]),
  date: between,
  datetime: between,
};

/** The fault of one input; null when it is good or still empty. */
export function faultOf(input) {
  return input.value.trim() ? CHECKS[input.dataset.check]?.(input) ?? null : null;
}

function mark(input) {
  const field = input.closest(".field"), fault = faultOf(input), row = input.closest("[data-entry]");
  if (fault) input.setAttribute("aria-invalid", "true");
  else input.removeAttribute("aria-invalid");
  if (!field) return;
  field.classList.toggle("checked-good", !fault && !row && input.dataset.check === "cn_id" && input.value.trim() !== "");
  const wrong = row ? [...field.querySelectorAll("[data-check]")].find(faultOf) : fault && input;
  field.classList.toggle("field-wrong", Boolean(wrong));
  field.querySelector("[data-error]").textContent = wrong ? sentence(wrong) : "";
}

function sentence(input) {
  const why = say(...faultOf(input)), row = input.closest("[data-entry]");
  if (!row) return why;
  return say("bad-row", { row: row.querySelector("[data-number]").textContent, column: input.getAttribute("aria-label"), why });
}

export function upgrade() {}

// A press of the mouse leaves one field and aims at the next thing. What is to be said of the field waits until the
// press is over: a line that appears meanwhile would move that thing away from under the pointer.
let pressed = false;
const waiting = new Set();

function released() {
  pressed = false;
  setTimeout(() => { waiting.forEach(mark); waiting.clear(); });
}

export function start() {
  document.addEventListener("mousedown", () => { pressed = true; }, true);
  for (const name of ["mouseup", "dragend", "keydown"]) window.addEventListener(name, released, true);
  document.addEventListener("change", ({ target }) => {
    if (!target.dataset?.check) return;
    if (pressed) waiting.add(target);
    else mark(target);
  });
  // While it is being typed nothing is said, but what was said is taken back as soon as it is right; a complete
  // identity number is judged at once.
  document.addEventListener("input", (event) => {
    const input = event.target;
    const complete = input.dataset?.check === "cn_id" && tidy(input.value).length === 18;
    if (input.dataset?.check && (complete || input.getAttribute("aria-invalid") === "true" || input.closest(".checked-good"))) mark(input);
  });
}
