// The counter's box: arrows go through what was found, Enter opens the one that is marked (the first, unless another
// was chosen). Who is quicker than the answer sends the form: the server then goes where the text leads.

const box = () => document.querySelector("[data-finder] .finder-text");
const list = () => document.getElementById("found");
const options = () => [...(list()?.querySelectorAll('[role="option"]') ?? [])];

function mark(option) {
  for (const one of options()) one.setAttribute("aria-selected", String(one === option));
  if (option) {
    box().setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  } else {
    box().removeAttribute("aria-activedescendant");
  }
}

function marked() {
  return options().find((one) => one.getAttribute("aria-selected") === "true");
}

/** Whether the list answers what stands in the box now. */
function fresh() {
  return !list().hidden && list().dataset.for === box().value.trim().replace(/\s+/g, " ");
}

function first() {
  return "begun" in list().dataset ? undefined : options()[0];
}

function step(by) {
  const all = options();
  if (!all.length) return;
  const at = all.indexOf(marked());
  mark(all[at < 0 && by < 0 ? all.length - 1 : (at + by + all.length) % all.length]);
}

document.addEventListener("keydown", (event) => {
  if (event.target !== box() || event.isComposing) return;
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    step(event.key === "ArrowDown" ? 1 : -1);
  } else if (event.key === "Enter" && fresh() && marked()) {
    event.preventDefault();
    marked().click();
  } else if (event.key === "Escape" && box().value) {
    event.preventDefault();
    event.stopImmediatePropagation();
    box().value = "";
    box().dispatchEvent(new Event("input", { bubbles: true }));
  }
}, true);

document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.elt?.id !== "found" && event.detail.target?.id !== "found") return;
  box()?.setAttribute("aria-expanded", String(!list().hidden));
  mark(first());
});
document.addEventListener("mousemove", (event) => {
  const option = event.target.closest?.('#found [role="option"]');
  if (option && option !== marked()) mark(option);
});

if (box() && options().length) mark(first());
