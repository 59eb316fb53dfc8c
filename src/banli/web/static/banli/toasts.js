// A sentence at the edge of the page that stays until it is read. Refusals stay; good news goes after a while.

import { say } from "./sentences.js";

const GOOD_NEWS_STAYS = 6000;

/** Show `sentence`. tone: "red" | "jade" | "ink". `action`: {label, run}. The same sentence is not shown twice. */
export function toast(sentence, { tone = "ink", action = null } = {}) {
  const area = document.getElementById("toasts");
  if (!area) return null;
  for (const shown of area.children) if (shown.dataset.sentence === sentence) shown.remove();
  const line = document.createElement("div");
  line.className = `toast-line toast-${tone}`;
  line.dataset.sentence = sentence;
  line.setAttribute("role", tone === "red" ? "alert" : "status");
  const text = document.createElement("p");
  text.textContent = sentence;
  line.append(text);
  if (action) line.append(button(action.label, () => { line.remove(); action.run(); }));
  line.append(button(say("close"), () => line.remove()));
  area.append(line);
  if (tone !== "red" && !action) setTimeout(() => line.remove(), GOOD_NEWS_STAYS);
  return line;
}

export function clearToasts() {
  document.getElementById("toasts")?.replaceChildren();
}

function button(label, run) {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = label;
  made.addEventListener("click", run);
  return made;
}
