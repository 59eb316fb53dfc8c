// What htmx does not do: say in a sentence what went wrong, and offer to send again with the same key.

import { release } from "./once.js";
import { say } from "./sentences.js";
import { clearToasts, toast } from "./toasts.js";

let running = 0;

export function start() {
  document.addEventListener("htmx:beforeRequest", () => busy(+1));
  document.addEventListener("htmx:afterRequest", (event) => {
    busy(-1);
    if (event.detail.successful) clearToasts();
  });
  document.addEventListener("htmx:sendError", (event) => lost(event, "lost"));
  document.addEventListener("htmx:timeout", (event) => lost(event, "slow"));
  document.addEventListener("htmx:responseError", (event) => refused(event.detail.xhr));
  document.addEventListener("htmx:beforeSwap", signedOut);
  // A form shown again with its faults keeps the address of the page: reloading must not ask the noun it posts to.
  // htmx writes some address in any case, so it is given the one that stands there.
  document.addEventListener("htmx:beforeHistoryUpdate", (event) => {
    if (!(event.detail.xhr?.status >= 400)) return;
    Object.assign(event.detail.history, { type: "replace", path: location.pathname + location.search });
  });
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.detail.target === document.body) attend();
  });
  // A server's HX-Trigger: {"banli:say": {"sentence": …, "tone": "jade"}}.
  document.addEventListener("banli:say", (event) => toast(event.detail.sentence, { tone: event.detail.tone ?? "jade" }));
  attend(true);
}

function lost(event, sentence) {
  const element = event.detail.requestConfig?.elt ?? event.detail.elt;
  const form = element.closest?.("form");
  if (form) release(form);
  const again = retry(element, event.detail.requestConfig);
  const reading = event.detail.requestConfig?.verb === "get";
  toast(say(reading ? "lost-load" : sentence), { tone: "red", action: again && { label: say("resend"), run: again } });
}

function retry(element, config) {
  const pressed = config?.triggeringEvent?.submitter;
  // Pressing the button again, not only submitting: its name and value belong to what is sent.
  if (element.matches("form")) return () => (pressed?.form === element ? pressed.click() : element.requestSubmit());
  return element.matches("a, button") ? () => element.click() : null;
}

function refused(xhr) {
  const sentence = xhr.status === 413 ? say("too-large") : xhr.status === 401 ? say("signed-out") : sentenceOf(xhr) || say("failed");
  toast(sentence, { tone: "red" });
}

/** The sentence in an answer: a problem document's, or that of an error page. */
function sentenceOf(xhr) {
  const type = xhr.getResponseHeader("content-type") ?? "";
  if (type.includes("json")) {
    try {
      const problem = JSON.parse(xhr.responseText);
      return problem.detail ?? problem.title ?? "";
    } catch {
      return "";
    }
  }
  const page = new DOMParser().parseFromString(xhr.responseText, "text/html");
  return page.querySelector("[data-sentence]")?.textContent.trim() ?? "";
}

/** A part of a page was asked for, the sign-in page came: show it whole rather than inside the part. */
function signedOut(event) {
  const { xhr, boosted, target } = event.detail;
  if (boosted || target === document.body || xhr.status !== 200 || !xhr.responseText.includes("data-sign-in")) return;
  event.detail.shouldSwap = false;
  toast(say("signed-out"), { tone: "red", action: { label: say("reload"), run: () => location.reload() } });
}

/** Bring the reader to what needs them: a refusal, the first wrong field, else (after a change) the page's start. */
function attend(first = false) {
  const wanted = document.querySelector("[data-refusal]") ?? document.querySelector('main [aria-invalid="true"]')
    ?? (first ? null : document.querySelector("[autofocus]") ?? document.getElementById("main"));
  wanted?.focus();
}

let line = null;

function busy(change) {
  running = Math.max(running + change, 0);
  clearTimeout(busy.timer);
  if (running === 0) { line?.remove(); line = null; return; }
  busy.timer = setTimeout(() => {
    if (line || running === 0) return;
    line = document.createElement("div");
    line.className = "busy-line";
    document.documentElement.append(line);
  }, 250);
}
