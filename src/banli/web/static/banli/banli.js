// The one entry of the pages' scripts. Every page works without it; with it, the page counts, checks and forgives.
// Each module upgrades what it finds under a root, once; htmx brings new roots. Rooms that have a module of their own
// listen for "banli:load" (detail.root), which is sent for the page and for everything htmx brings.

import * as checks from "./field-checks.js";
import * as clock from "./clock.js";
import * as deductions from "./deductions.js";
import * as keep from "./keep.js";
import * as keyboard from "./keyboard.js";
import * as menus from "./menus.js";
import * as once from "./once.js";
import * as portrait from "./portrait.js";
import * as requests from "./requests.js";
import * as signature from "./signature.js";
import * as tables from "./table-field.js";
import * as upload from "./upload.js";
import * as when from "./when.js";

const MODULES = [once, keep, tables, signature, portrait, upload, checks, when, deductions, clock, menus, keyboard, requests];

function upgrade(root) {
  for (const module of MODULES) module.upgrade?.(root);
  document.dispatchEvent(new CustomEvent("banli:load", { detail: { root } }));
}

document.documentElement.dataset.js = "";
for (const module of MODULES) module.start?.();
upgrade(document);
document.addEventListener("htmx:load", (event) => {
  if (event.detail.elt !== document.body || document.documentElement.dataset.js === "ready") upgrade(event.detail.elt);
});
document.documentElement.dataset.js = "ready";
