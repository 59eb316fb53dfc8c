// The line that says how the phone stands: whether it would do without a network, how old its list is, what waits.

import { ageOf } from "./judge.js";
import { flush } from "./send.js";
import { keptList, records } from "./store.js";

const fill = (text, values) => text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);

/** How long ago, in words. */
export function ago(box, seconds) {
  const say = (what, n) => fill(box.dataset[what], { n });
  if (!Number.isFinite(seconds)) return box.dataset.unsure;
  if (seconds < 60) return box.dataset.now;
  return seconds < 3600 ? say("minutes", Math.floor(seconds / 60)) : say("hours", Math.floor(seconds / 3600));
}

/** `fresh`, `old` or `too_old`. */
export function ripeness(list, now = Date.now()) {
  const age = ageOf(list, now);
  return age > list.ages[1] ? "too_old" : age > list.ages[0] ? "old" : "fresh";
}

const TONES = { fresh: "", old: "amber", too_old: "red" };

const opened = Date.now();
const byMe = (one) => one.staff === Number(document.body.dataset.staff);

/** Say how it stands now. */
export async function tell(box) {
  const list = await keptList(), all = await records();
  const waiting = all.filter((one) => one.state === "waiting"), mine = waiting.filter(byMe);
  const told = box.querySelector("[data-net-told]"), queue = box.querySelector("[data-net-queue]");
  const ripe = list ? ripeness(list) : "too_old";
  const age = list ? ago(box, ageOf(list, Date.now())) : "";
  told.textContent = list ? fill(box.dataset[ripe === "fresh" ? "fresh" : "stale"], { n: list.passes.length, age }) : box.dataset.none;
  box.dataset.tone = TONES[ripe];
  const lines = [mine.length && fill(box.dataset.waiting, { n: mine.length }), waiting.length > mine.length && fill(box.dataset.others, { n: waiting.length - mine.length })];
  queue.textContent = lines.filter(Boolean).join(" ");
  box.querySelector("[data-net-send]").hidden = mine.length === 0;
  came(box, all.filter((one) => one.state === "sent" && one.sent >= opened && byMe(one)));
  box.hidden = false;
}

/** What was sent since the page was opened, by it or by the browser itself, and what came of it. It stays to be read. */
function came(box, sent) {
  if (!sent.length) return;
  const element = box.querySelector("[data-net-came]"), found = sent.filter((one) => one.sentence);
  const words = found.map((one) => fill(box.dataset.finding, { number: one.number || "—", why: one.sentence }));
  element.textContent = [fill(box.dataset.sent, { n: sent.length }), ...words].join(" ");
  element.dataset.tone = found.length ? "red" : "";
}

/** Send what waits, and say what came of it. */
export async function send(box) {
  const button = box.querySelector("[data-net-send]"), left = box.querySelector("[data-net-left]");
  button.setAttribute("aria-busy", "true");
  const done = await flush();
  button.removeAttribute("aria-busy");
  left.textContent = done.left ? box.dataset[done.why === "signed_out" ? "signed_out" : "away"] : "";
  await tell(box);
}
