// What is deducted from a deposit, counted along while it is itemised ([data-deduction] names the table). Only shown:
// the server counts again, and refuses what is more than the deposit.

const yuan = (fen) => (fen / 100).toFixed(2);

function fen(text) {
  const typed = text.trim().replace(/^¥/, "");
  return /^\d+(\.\d{1,2})?$/.test(typed) ? Math.round(Number(typed) * 100) : 0;
}

function count(sheet) {
  const table = sheet.closest("form")?.querySelector(`[data-rows-field="${sheet.dataset.deduction}"]`);
  const cells = table?.querySelectorAll('[data-entry] input[inputmode="decimal"]:not(:disabled)') ?? [];
  const kept = [...cells].reduce((sum, cell) => sum + fen(cell.value), 0);
  const left = Number(sheet.dataset.held) - kept;
  sheet.querySelector("[data-kept]").textContent = yuan(kept);
  sheet.querySelector("[data-left]").textContent = yuan(Math.max(left, 0));
  sheet.querySelector("[data-beyond]").textContent = yuan(Math.max(-left, 0));
  sheet.querySelector("[data-beyond-row]").hidden = left >= 0;
}

export function upgrade(root) {
  for (const sheet of root.querySelectorAll("[data-deduction]")) count(sheet);
}

export function start() {
  for (const name of ["input", "change", "banli:rows"]) {
    document.addEventListener(name, (event) => {
      const form = event.target.closest?.("form");
      for (const sheet of form?.querySelectorAll("[data-deduction]") ?? []) count(sheet);
    });
  }
}
