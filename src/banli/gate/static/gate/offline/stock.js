// On the gate's page, while there is a network: the phone takes in what it needs without one, and sends what waits.

import { send, tell } from "./net.js";
import { CACHE, LIST, PAGE, freshList } from "./store.js";

const EVERY = 5 * 60 * 1000;
const HASHED = /\.[0-9a-f]{12}\.\w+$/;
const IMPORTED = /(?:\bfrom|\bimport)\s*\(?["']([^"']+)["']/g;
const box = document.querySelector("[data-gate-net]");

async function begin() {
  if (!isSecureContext || !navigator.serviceWorker || !globalThis.caches) return unable();
  try {
    // Two scopes: the codes on papers are in capitals.
    for (const scope of ["/g", "/G/"]) await navigator.serviceWorker.register("/gate/worker.js", { scope, type: "module" });
  } catch {
    return unable();
  }
  box.querySelector("[data-net-send]").addEventListener("click", renew);
  addEventListener("online", renew);
  addEventListener("offline", () => tell(box));
  document.addEventListener("visibilitychange", () => document.hidden || renew());
  setInterval(() => document.hidden || renew(), EVERY);
  await renew();
}

let running = null;

/** What waits is sent first: the list that comes then knows of it. */
function renew() {
  running ??= (async () => {
    try {
      await send(box);
      await freshList();
      await pageAndAll();
    } catch { /* no network: what is kept stays */ }
    await tell(box);
    running = null;
  })();
  return running;
}

/** The page and all that it asks for; put down last, so that it never stands there without its parts. */
async function pageAndAll() {
  const answer = await fetch(PAGE, { redirect: "error", cache: "no-store" });
  if (!answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.clone().text(), "text/html");
  const cache = await caches.open(CACHE), taken = new Set();
  const take = async (address) => {
    const url = new URL(address, location.href);
    url.hash = "";
    if (taken.has(url.href)) return;
    taken.add(url.href);
    let part = HASHED.test(url.pathname) ? await cache.match(url.href) : undefined;
    if (!part) {
      part = await fetch(url.href);
      if (!part.ok) throw new Error(`${url.pathname} ${part.status}`);
      await cache.put(url.href, part.clone());
    }
    if (!url.pathname.endsWith(".js")) return;
    for (const [, name] of (await part.text()).matchAll(IMPORTED)) if (/^[./]/.test(name)) await take(new URL(name, url).href);
  };
  for (const one of page.querySelectorAll("link[href], script[src], use[href], img[src], [data-wasm]")) {
    await take(one.dataset.wasm ?? one.getAttribute("href") ?? one.getAttribute("src"));
  }
  await cache.put(PAGE, answer);
  const kept = new Set([...taken, new URL(PAGE, location.href).href, new URL(LIST, location.href).href]);
  for (const request of await cache.keys()) if (!kept.has(request.url)) await cache.delete(request);
}

function unable() {
  box.querySelector("[data-net-told]").textContent = box.dataset.unable;
  box.hidden = false;
}

if (box) begin();
