// The gate's page without a network: scan or type, one verdict, and what was done is recorded.

import { ageOf, judge, standing } from "./judge.js";
import { ago, ripeness, send, tell } from "./net.js";
import { later } from "./send.js";
import { drawChoices, drawDone, drawVerdict } from "./show.js";
import { freshList, keep, keptList, recordOf, records } from "./store.js";

const box = document.querySelector("[data-gate-net]");
const start = document.querySelector("[data-offline-start]"), view = document.querySelector("[data-offline-view]");
const form = document.getElementById("gate-code");
let shown = null;

form.addEventListener("submit", (event) => {
  event.preventDefault();
  event.stopImmediatePropagation();
  look(form.elements.code.value);
}, true);
view.addEventListener("submit", (event) => {
  if (event.target.method === "dialog") return;
  event.preventDefault();
  event.stopImmediatePropagation();
  act(event.target, event.submitter);
}, true);
view.addEventListener("click", (event) => {
  if (event.target.closest("[data-again]")) again();
  const choice = event.target.closest("[data-choice]");
  if (choice) show(standingOf(Number(choice.dataset.choice)));
});
addEventListener("hashchange", arrive);
box.querySelector("[data-net-send]").addEventListener("click", () => send(box));
for (const event of ["online", "offline"]) addEventListener(event, net);
setInterval(() => tell(box), 30000);

/** Where the worker took over from the house: a code, a paper, or an act that was on its way. */
async function arrive() {
  const asked = new URLSearchParams(location.hash.slice(1).replaceAll("+", "%2B"));
  if (location.hash) history.replaceState(null, "", location.pathname);
  await net();
  if (asked.has("code")) return look(asked.get("code"));
  if (asked.has("paper")) return show(standingOf(Number(asked.get("paper"))));
  if (!asked.has("done")) return;
  const done = (await records()).find((one) => one.key === asked.get("done"));
  if (done) put(drawDone(done));
}

async function net() {
  document.querySelector("[data-offline-back]").hidden = !navigator.onLine;
  if (navigator.onLine) {
    await send(box);
    await freshList().catch(() => {}); // a network that reaches nobody
  }
  await tell(box);
}

async function look(code) {
  const list = await keptList();
  if (!list) return tell(box);
  const verdict = await judge(code, list, await records(), Date.now());
  if (verdict.choices) return put(drawChoices(verdict.choices));
  await show(verdict);
}

async function standingOf(paper) {
  const list = await keptList(), entry = list?.passes.find((one) => one.id === paper);
  return entry ? standing(entry, list, await records(), Date.now()) : null;
}

/** One verdict fills the page; a stop is recorded, as online. */
async function show(promised) {
  const verdict = await promised, list = await keptList();
  if (!verdict || !list) return again();
  const ripe = ripeness(list);
  shown = verdict;
  put(drawVerdict(verdict, ripe === "fresh" ? "" : ago(box, ageOf(list, Date.now()))), verdict.tone);
  if (!verdict.acts.length && verdict.tone !== "jade") await remember(list, "shown", { told: verdict.kind });
}

async function act(sent, pressed) {
  const list = await keptList(), passed = "act" in sent.dataset;
  const note = sent.elements.note?.value.trim();
  if (!list || (!passed && !note)) return sent.elements.note?.focus();
  const what = pressed?.value || shown.acts[0];
  const done = await remember(list, passed ? "passed" : "stopped", {
    what, reason: note ?? "", step: what === "way" ? shown.way[0] : "",
    ...(shown.entry?.goods ? { ticked: [...sent.querySelectorAll('[name="ticked"]:checked')].map((one) => Number(one.value)) } : {}),
  });
  put(drawDone(done));
  await later();
  await net();
}

/** Written down before anything else is said. The same stop is not written down again within ten minutes. */
async function remember(list, did, about) {
  const record = recordOf(list, did, shown.kind, { paper: shown.paper, number: shown.number, ...about });
  const same = (one) => one.did === "shown" && one.paper === record.paper && one.told === record.told && record.at - one.at < 600000;
  if (did === "shown" && (await records()).some(same)) return record;
  await keep(record);
  await tell(box);
  return record;
}

function put(drawn, tone = "ink") {
  view.replaceChildren(...drawn);
  answeredHere(view);
  document.getElementById("main").className = `page page-gate page-verdict page-verdict-${tone}`;
  start.hidden = true;
  view.hidden = false;
  scrollTo(0, 0);
  document.dispatchEvent(new CustomEvent("banli:load", { detail: { root: view } }));
}

/** A form that this page answers is not waiting for the house's answer (once.js). */
function answeredHere(root) {
  for (const one of root.querySelectorAll("form[data-once]")) one.removeAttribute("data-once");
}

function again() {
  document.getElementById("main").className = "page page-gate";
  view.replaceChildren();
  view.hidden = true;
  start.hidden = false;
  form.reset();
}

answeredHere(document);
arrive();
