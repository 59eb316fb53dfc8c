// The verdict where there is no network. The house has judged every pass on the list; here one is looked up, and what was
// done on this phone since is added. Every sentence is the house's, `said` in the list.

import { find } from "./find.js";
import { fingerprint, read, verify } from "./token.js";

/** The verdict on what was scanned or typed: `{kind, tone, word, sentence, number, paper, entry, acts}`, or `{choices}`. */
export async function judge(code, list, records, now) {
  const claims = read(code);
  if (claims) return scanned(claims, list, records, now);
  const found = find(code, list.passes);
  if (found.passes.length > 1) return { choices: found.passes };
  if (found.passes.length === 1) return standing(found.passes[0], list, records, now);
  return said(list, found.kind, { number: found.shown, words: found.shown });
}

/** How a pass of the list stands at this moment. */
export function standing(entry, list, records, now) {
  const [, tone, word, sentence, kind] = entry.told.filter(([from]) => from * 1000 <= now).pop();
  const verdict = { kind, tone, word, sentence, number: entry.number, paper: entry.id, entry, acts: [] };
  if (tone !== "jade") return verdict;
  const mine = since(records, list, entry.id);
  const passed = mine.filter((one) => one.did === "passed"), stopped = mine.filter((one) => one.did === "stopped");
  const about = { number: entry.number, paper: entry.id };
  if (entry.goods && stopped.length) return said(list, "void_here", { at: clock(stopped.at(-1).at), ...about });
  if (entry.goods && passed.length) return said(list, "used_here", { at: clock(passed.at(-1).at), ...about });
  const ways = entry.ways?.slice(passed.length);
  if (ways?.length === 0) return said(list, "gone_here", { at: clock(passed.at(-1).at), ...about });
  verdict.acts = entry.goods ? ["goods"] : entry.face ? ["person"] : ways ? ["way"] : [];
  verdict.way = ways?.[0];
  verdict.comingIn = ways?.length > 1; // who is inside may always leave
  return ageOf(list, now) > list.ages[1] ? { ...verdict, ...plain(list, "too_old") } : verdict;
}

/** How old the list is, in seconds; endless where the phone's clock went back. */
export function ageOf(list, now) {
  return now < list.checked ? Infinity : (now - list.checked) / 1000;
}

async function scanned(claims, list, records, now) {
  if (claims.estate !== list.estate) return said(list, "foreign");
  const entry = list.passes.find((one) => one.id === claims.paper);
  if (entry && entry.code === (await fingerprint(claims.token))) return standing(entry, list, records, now);
  const signature = await verify(claims, list.keys);
  if (signature !== "good") return said(list, signature);
  if (entry) return said(list, "unknown");
  if (claims.until && claims.until * 1000 < now) return said(list, "over", { at: clock(claims.until * 1000) });
  if (list.whole && claims.paper <= list.newest) return said(list, "gone");
  const mine = since(records, list, claims.paper);
  const goods = mine.find((one) => one.did === "stopped" || one.what === "goods");
  if (goods) return said(list, goods.did === "passed" ? "used_here" : "void_here", { at: clock(goods.at), paper: claims.paper });
  return { ...said(list, "unlisted", { paper: claims.paper }), acts: ["goods", "person"] };
}

/** What was done with a pass on this phone and the list does not know yet. */
function since(records, list, paper) {
  return records.filter((one) => one.paper === paper && one.estate === list.estate && one.did !== "shown");
}

function said(list, kind, about = {}) {
  const told = plain(list, kind);
  const sentence = told.sentence.replace(/\{(\w+)\}/g, (whole, name) => about[name] ?? whole);
  return { number: "", paper: 0, acts: [], ...about, ...told, sentence };
}

function plain(list, name) {
  const [tone, word, sentence, kind] = list.said[name];
  return { tone, word, sentence, kind };
}

function clock(milliseconds) {
  return new Date(milliseconds).toLocaleString("zh-CN", { timeZone: "Asia/Shanghai", month: "numeric", day: "numeric", hour: "2-digit", minute: "2-digit" });
}
