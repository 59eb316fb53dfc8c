// What the phone keeps. The list and the page that reads it lie in the cache, which goes when somebody signs out; what
// was done without a network lies in a database of its own, and stays until the house has it.

export const CACHE = "banli-gate";
export const PAGE = "/gate/offline/";
export const LIST = "/gate/list/";
const CHECKED = "x-checked", RECORDS = "records";

/** The list as it was kept, with `checked`: when the house last said that it holds, by the phone's clock. */
export async function keptList() {
  const kept = await caches.match(LIST, { cacheName: CACHE });
  return kept ? { ...(await kept.json()), checked: Number(kept.headers.get(CHECKED)) } : null;
}

/** Ask the house for the list; a list that still holds is not sent again. What it answered with, where that was none. */
export async function freshList() {
  const cache = await caches.open(CACHE), kept = await cache.match(LIST), asked = Date.now();
  const tag = kept?.headers.get("etag");
  const answer = await fetch(LIST, { redirect: "manual", cache: "no-store", headers: tag ? { "If-None-Match": tag } : {} });
  if (!answer.ok && answer.status !== 304) return answer;
  const text = await (answer.ok ? answer : kept).text();
  const headers = { "content-type": "application/json", etag: answer.headers.get("etag") ?? tag, [CHECKED]: String(asked) };
  await cache.put(LIST, new Response(text, { headers }));
  // What the house had before it wrote this list is on it.
  for (const one of await records()) if (one.state === "sent" && one.sent < asked) await drop(one.key);
  return answer;
}

export const records = () => reach("readonly", (all) => all.getAll());
export const keep = (record) => reach("readwrite", (all) => all.put(record));
const drop = (key) => reach("readwrite", (all) => all.delete(key));

/** A new record of what was done now; as the house reads it (returned.py), and whose it is. */
export function recordOf(list, did, told, about = {}) {
  return {
    key: crypto.randomUUID(), state: "waiting", staff: list.staff, estate: list.estate, did, told,
    at: Date.now(), listed: list.checked, ...about,
  };
}

function reach(mode, ask) {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open(CACHE, 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore(RECORDS, { keyPath: "key" });
    opening.onerror = () => reject(opening.error);
    opening.onsuccess = () => {
      const database = opening.result, transaction = database.transaction(RECORDS, mode, { durability: "strict" });
      const asked = ask(transaction.objectStore(RECORDS));
      transaction.oncomplete = () => { database.close(); resolve(asked.result); };
      transaction.onabort = () => { database.close(); reject(transaction.error); };
    };
  });
}
