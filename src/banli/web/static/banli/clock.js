// Counts the clocks that the server wrote, by the server's time, with the server's sentences (see clocks.py).

import { say } from "./sentences.js";

const loadedAt = Date.now();
const serverNow = Date.parse(document.body.dataset.now ?? "");
/** How far this machine's clock is behind the server's, in milliseconds; a second of travel is not worth minding. */
const behind = Number.isNaN(serverNow) || Math.abs(serverNow - loadedAt) < 2000 ? 0 : serverNow - loadedAt;

/** A length of time as it is said: one unit or two. `seconds` is a whole number, not negative. */
export function span(seconds) {
  const minutes = Math.floor(seconds / 60), hours = Math.floor(seconds / 3600), days = Math.floor(seconds / 86400);
  if (seconds < 60) return say("seconds", { n: seconds });
  if (minutes < 60) return say("minutes", { n: minutes });
  if (hours < 24) return two("hours", hours, "minutes", minutes % 60);
  return two("days", days, "hours", hours % 24);
}

const DAY = 86400, FAR = 10 * DAY;

/** How far from now a clock's end is: as `span`, in whole days where it is far. */
export function away(seconds) {
  return span(seconds < FAR ? seconds : seconds - seconds % DAY);
}

function two(large, whole, small, rest) {
  const told = say(large, { n: whole });
  return rest ? `${told} ${say(small, { n: rest })}` : told;
}

/** What a clock says and how it looks at `now` (milliseconds). */
export function reading(due, warn, now) {
  const left = due - now;
  if (left < 0) return { state: "red", sentence: say("over", { time: away(Math.floor(-left / 1000)) }) };
  return { state: now >= warn ? "amber" : "calm", sentence: say("left", { time: away(Math.floor(left / 1000)) }) };
}

function tick() {
  const now = Date.now() + behind;
  for (const clock of document.querySelectorAll("[data-clock]")) {
    const due = Date.parse(clock.querySelector("time")?.dateTime ?? "");
    if (Number.isNaN(due)) continue;
    const { state, sentence } = reading(due, Date.parse(clock.dataset.warn), now);
    const left = clock.querySelector("[data-left]");
    if (left.textContent !== sentence) left.textContent = sentence;
    if (!clock.classList.contains(`clock-${state}`)) {
      clock.classList.remove("clock-calm", "clock-amber", "clock-red");
      clock.classList.add(`clock-${state}`);
    }
  }
}

export function start() {
  setInterval(tick, 1000);
  document.addEventListener("visibilitychange", tick);
}

export function upgrade() {
  tick();
}
