// Answers for the gate's pages where the house does not: with the page that was kept, and the list. What a guard sent in
// that moment is not lost: a code is judged by the list, an act is recorded under the key it was sent with.

import { flush, later } from "./send.js";
import { CACHE, PAGE, keep, keptList, recordOf } from "./store.js";

const PATIENCE = { GET: 5000, POST: 8000 }; // in the rain, with one bar of signal
const AWAY = [502, 503, 504];
const HASHED = /\.[0-9a-f]{12}\.\w+$/;
const ACT = /^\/gate\/passes\/(\d+)\/(release|mismatch|entry|passage|refusal)\/$/;
const STOPS = ["mismatch", "refusal"];

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("sync", (event) => event.waitUntil(flush().then((told) => {
  if (told.why === "network") throw new Error(told.why); // the browser tries again
})));
self.addEventListener("fetch", (event) => {
  const { request } = event, url = new URL(request.url);
  if (url.origin !== location.origin) return;
  if (request.mode === "navigate") event.respondWith(gone(request, url));
  else if (request.method === "GET" && url.pathname.startsWith("/static/")) event.respondWith(asset(request, url));
});

async function gone(request, url) {
  const page = await caches.match(PAGE, { cacheName: CACHE, ignoreVary: true });
  if (!page) return fetch(request);
  if (url.pathname === PAGE && request.method === "GET") return page;
  const copy = request.method === "POST" ? request.clone() : null;
  let answer = null;
  try {
    answer = await within(fetch(request), PATIENCE[request.method] ?? PATIENCE.GET);
    if (!AWAY.includes(answer.status)) return answer;
  } catch { /* no network, or none that answers: what was kept does */ }
  return (await instead(url, copy)) ?? answer ?? Response.error();
}

/** Where the kept page takes up what was asked of the house. */
async function instead(url, sent) {
  const at = (what) => Response.redirect(new URL(PAGE + what, location.origin).href, 303);
  const form = sent && (await sent.formData().catch(() => null)), act = ACT.exec(url.pathname);
  if (act && form) return at(`#done=${await record(act, form)}`);
  if (url.pathname === "/gate/checks/" && form) return at(`#code=${encodeURIComponent(form.get("code") ?? "")}`);
  const scanned = /^\/g\/([a-z2-7]+)\/?$/i.exec(url.pathname), shown = /^\/gate\/passes\/(\d+)\//.exec(url.pathname);
  if (scanned) return at(`#code=${scanned[1]}`);
  return sent ? null : at(shown ? `#paper=${shown[1]}` : "");
}

async function record([, paper, noun], form) {
  const list = await keptList(), number = list?.passes.find((one) => one.id === Number(paper))?.number ?? "";
  const about = {
    key: form.get("key"), paper: Number(paper), number, step: form.get("step") ?? "", reason: form.get("note") ?? "",
    ...(noun === "release" ? { ticked: form.getAll("ticked").map(Number) } : {}),
  };
  await keep(recordOf(list, STOPS.includes(noun) ? "stopped" : "passed", "go", about));
  await later();
  return about.key;
}

async function asset(request, url) {
  const kept = await caches.match(request, { cacheName: CACHE, ignoreVary: true });
  if (kept && HASHED.test(url.pathname)) return kept;
  try {
    return await fetch(request);
  } catch (lost) {
    if (kept) return kept;
    throw lost;
  }
}

function within(promise, milliseconds) {
  return Promise.race([promise, new Promise((_, reject) => setTimeout(reject, milliseconds, new Error("slow")))]);
}
