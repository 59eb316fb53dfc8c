// A question that is asked only when others were answered so (data-when, the procedure's own condition as JSON) is
// hidden until then. Only shown and hidden here: the server decides what counts, by the same rules (engine/conditions).

/** Whether `node` holds for `values` (name → text, whole number or list; a missing name counts as not given). */
export function holds(node, values) {
  if (node.how) {
    const told = node.parts.map((part) => holds(part, values));
    if (node.how === "not") return !told[0];
    return node.how === "all" ? told.every(Boolean) : told.some(Boolean);
  }
  const have = values[node.name] ?? null;
  if (node.op === "given") return !(have === null || have === "" || (Array.isArray(have) && !have.length)) === (node.value === "yes");
  if (node.op === "in") return Array.isArray(have) ? have.some((one) => node.value.includes(one)) : node.value.includes(have);
  if (!Number.isInteger(have)) return false;
  return { at_least: have >= node.value, at_most: have <= node.value, over: have > node.value, under: have < node.value }[node.op];
}

/** The form's answers under the names conditions use (form.…), with the facts the server gave (data-facts). */
export function valuesOf(form) {
  const values = JSON.parse(form.dataset.facts || "{}");
  for (const field of form.querySelectorAll(".field")) {
    const named = field.querySelector("[name]");
    if (!named || field.hidden || field.classList.contains("field-table")) continue;
    values[`form.${named.name}`] = answer(form, field, named);
  }
  return values;
}

function answer(form, field, named) {
  const told = new FormData(form).getAll(named.name);
  if (field.classList.contains("field-choices")) return told;
  const text = String(told[0] ?? "").trim();
  if (field.classList.contains("field-integer")) return /^[+-]?\d+$/.test(text) ? Number(text) : null;
  if (field.classList.contains("field-money")) return /^\d+(\.\d{1,2})?$/.test(text) ? Math.round(Number(text) * 100) : null;
  return text || null;
}

function show(form) {
  // In the form's order: a hidden question counts as not answered for those after it.
  for (const field of form.querySelectorAll("[data-when]")) {
    const shown = holds(JSON.parse(field.dataset.when), valuesOf(form));
    field.hidden = !shown;
    for (const control of field.querySelectorAll("input, select, textarea, button")) control.disabled = !shown;
  }
}

export function upgrade(root) {
  for (const form of root.querySelectorAll("form")) if (form.querySelector("[data-when]")) show(form);
}

export function start() {
  for (const name of ["input", "change"]) {
    document.addEventListener(name, (event) => {
      if (event.target.form?.querySelector("[data-when]")) show(event.target.form);
    });
  }
}
