// What was done without a network goes to the house, each record once by its key, only in the name of whoever did it.

import { keep, records } from "./store.js";

const ADDRESS = "/gate/records/";

/** Send all that waits: how much is `left`, and `why` it stopped: `network`, `signed_out`, or nothing. */
export function flush() {
  return navigator.locks.request("banli-gate-records", sending);
}

/** Let the browser send it by itself, where it can, once there is a network: also when the page is closed. */
export async function later() {
  const worker = globalThis.registration ?? (await navigator.serviceWorker?.getRegistration());
  await worker?.sync?.register("banli-gate-records").catch(() => {});
}

async function sending() {
  const told = { left: 0, why: "" };
  const waiting = (await records()).filter((one) => one.state === "waiting").sort((one, other) => one.at - other.at);
  if (!waiting.length) return told;
  try {
    const asked = await fetch(ADDRESS, { redirect: "manual", cache: "no-store" });
    if (asked.status >= 500) throw new Error(String(asked.status));
    const who = asked.ok ? await asked.json() : null;
    const mine = waiting.filter((one) => one.staff === who?.staff);
    told.left = who ? mine.length : waiting.length;
    told.why = who ? "" : "signed_out";
    for (const record of mine) {
      const answer = await fetch(ADDRESS, {
        method: "POST", redirect: "manual", body: JSON.stringify({ ...record, sent: Date.now() }),
        headers: { "content-type": "application/json", "x-csrftoken": who.token },
      });
      // 422: the house says that it cannot take it, ever. All else may be otherwise the next time.
      if (!answer.ok && answer.status !== 422) throw new Error(String(answer.status));
      const { sentence } = await answer.json();
      await keep({ ...record, state: "sent", sent: Date.now(), sentence });
      told.left -= 1;
    }
  } catch {
    told.left ||= waiting.length;
    told.why = "network";
  }
  return told;
}
