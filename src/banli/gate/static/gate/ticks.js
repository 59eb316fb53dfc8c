// The goods are released only when every line is ticked; the server holds to that whatever this page shows.

const seen = new WeakSet();

export function upgrade(root) {
  for (const form of root.querySelectorAll("form[data-ticks]")) {
    if (seen.has(form)) continue;
    seen.add(form);
    const ticks = [...form.querySelectorAll('input[name="ticked"]')];
    const told = form.querySelector("[data-ticks-told]");
    const button = form.querySelector('button[type="submit"]');
    const count = () => {
      const left = ticks.filter((tick) => !tick.checked).length;
      told.textContent = left ? form.dataset.left.replace("{n}", left) : form.dataset.all;
      button.disabled = left > 0;
    };
    form.addEventListener("change", count);
    addEventListener("pageshow", count);
    count();
  }
}

upgrade(document);
document.addEventListener("banli:load", (event) => upgrade(event.detail.root));
