// A pass by what somebody typed, as online: its number, however it is written, today's visitor by name or plate, or a part
// of it, or the last figure of a number.

const alike = (text) => text.replaceAll("O", "0").replace(/[IL]/g, "1");
const signs = (text) => text.normalize("NFKC").toUpperCase().replace(/[^A-Z0-9\u4e00-\u9fff]/g, "");

/** The passes that may be meant, the newest first; where there are none, `kind` of what was typed, and how it reads. */
export function find(typed, passes) {
  const written = signs(typed).replace(/^(?:NO(?=[A-Z])|编号|单号|号码)/, ""), words = typed.trim().replace(/\s+/g, " ");
  const shown = words.slice(0, 40);
  if (!/\d/.test(written)) return named(words, passes, shown);
  const found = [
    (one) => alike(signs(one.number)) === alike(written),
    (one) => short(one.number, written),
    (one) => one.plate && written.length > (/\D/.test(written) ? 2 : 3) && alike(signs(one.plate)).includes(alike(written)),
    (one) => one.facts && /^\d{1,6}$/.test(written) && lastFigure(one.number) === Number(written),
  ].map((fits) => passes.filter(fits)).find((some) => some.length) ?? [];
  return { passes: found.sort((one, other) => other.id - one.id), kind: "never", shown: shown.toUpperCase() };
}

/** FX123 for FX-2026-000123: the letters, and the last figure without its noughts. */
function short(number, written) {
  const letters = /^[A-Z]+/.exec(number)?.[0] ?? "", rest = alike(written.slice(letters.length));
  return letters && written.startsWith(letters) && /^\d+$/.test(rest) && Number(rest) === lastFigure(number);
}

const lastFigure = (number) => Number(/(\d+)$/.exec(number)?.[1] ?? NaN);

function named(words, passes, shown) {
  const isName = words.length > 1 && words.length <= 20 && !/^[\x00-\x7f]*$/.test(words);
  return { passes: isName ? passes.filter((one) => one.name?.includes(words)) : [], kind: isName ? "nobody" : "malformed", shown };
}
