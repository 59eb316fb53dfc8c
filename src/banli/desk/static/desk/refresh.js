// A list that keeps itself up to date: [data-refresh] asks again every so often and says what it shows (its ETag); the
// server answers 304 as long as that would look the same. What one reads stays where it is, what has the focus keeps it.

/** The list that asked, if it was one: after a swap the event itself is told of what stands where the list stood. */
function list(event) {
  const asked = event.detail.requestConfig?.elt ?? event.detail.elt;
  return asked?.matches?.("[data-refresh]") ? asked : null;
}

const rows = (root) => [...root.querySelectorAll("[data-row][id]")];

let anchor = null, known = new Set();

document.addEventListener("htmx:configRequest", (event) => {
  const section = list(event);
  if (!section) return;
  if (document.hidden) return event.preventDefault();
  event.detail.headers["If-None-Match"] = section.dataset.refresh;
  const shown = rows(section).length;
  if (shown) event.detail.parameters.append("shown", shown);
});

document.addEventListener("htmx:beforeSwap", (event) => {
  const section = list(event);
  if (!section) return;
  if (event.detail.xhr.status === 304) { event.detail.shouldSwap = false; return; }
  known = new Set(rows(section).map((row) => row.id));
  const first = rows(section).find((row) => row.getBoundingClientRect().bottom > 0);
  anchor = first && scrollY > 0 ? { id: first.id, top: first.getBoundingClientRect().top } : null;
});

document.addEventListener("htmx:afterSwap", (event) => {
  const section = document.querySelector("[data-refresh]");
  if (!section || event.detail.target?.id !== section.id) return;
  const kept = anchor && document.getElementById(anchor.id);
  if (kept) scrollBy(0, kept.getBoundingClientRect().top - anchor.top);
  count(section);
  announce(section, rows(section).filter((row) => !known.has(row.id)));
});

// Asking by itself is no action of the reader's: it neither takes away what they were told, nor shows a busy line.
for (const name of ["htmx:beforeRequest", "htmx:afterRequest"]) {
  document.addEventListener(name, (event) => { if (list(event)) event.stopPropagation(); }, true);
}

// Back at the page after a while: at once, not at the next turn.
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) document.querySelector("[data-refresh]")?.dispatchEvent(new CustomEvent("banli:again"));
});

/** The number beside the page's own entry in the navigation. */
function count(section) {
  for (const place of document.querySelectorAll(".place[aria-current], .tab[aria-current]")) {
    let mark = place.querySelector(".count");
    if (!mark && section.dataset.count !== "0") {
      mark = document.createElement("span");
      mark.className = "count";
      (place.querySelector(".tab-icon") ?? place).append(mark);
    }
    if (section.dataset.count === "0") mark?.remove();
    else mark.textContent = section.dataset.count;
  }
}

function announce(section, fresh) {
  if (!fresh.length) return;
  for (const row of fresh) row.classList.add("item-fresh");
  const sentence = section.dataset.more.replace("{n}", fresh.length);
  document.dispatchEvent(new CustomEvent("banli:say", { detail: { sentence, tone: "ink" } }));
}
