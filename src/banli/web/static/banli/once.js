// Sent twice, done once. Every form that changes something carries a key; while it is being sent it cannot be sent
// again; when no answer came it may be sent again with the same key. A changed form after an answer is a new action.

const FREE_AGAIN_AFTER = 20000;

export function newKey() {
  if (crypto.randomUUID) return crypto.randomUUID();
  // Outside a secure context (a phone on plain http) there is no randomUUID.
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

export function keyOf(form) {
  return form.querySelector('input[name="key"]');
}

export function upgrade(root) {
  for (const form of root.querySelectorAll("form[data-once]")) {
    if (keyOf(form)) continue;
    const input = document.createElement("input");
    Object.assign(input, { type: "hidden", name: "key", value: newKey() });
    form.append(input);
  }
}

export function start() {
  document.addEventListener("submit", hold, true);
  document.addEventListener("input", renewIfAnswered, true);
  document.addEventListener("htmx:afterRequest", (event) => {
    const form = formOf(event.detail.requestConfig?.elt);
    if (!form) return;
    release(form);
    if (event.detail.successful) form.dataset.answered = "";
  });
  // Back to a page that was kept in memory: what stood here was sent, and may have been answered.
  addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    for (const form of document.querySelectorAll("form[data-sending]")) {
      release(form);
      form.dataset.answered = "";
    }
  });
}

function hold(event) {
  const form = event.target;
  if (!form.matches?.("form[data-once]")) return;
  if ("sending" in form.dataset) {
    event.preventDefault();
    event.stopImmediatePropagation();
    return;
  }
  form.dataset.sending = "";
  form.setAttribute("aria-busy", "true");
  const pressed = event.submitter;
  // Afterwards, so that the pressed button's own value is sent with the form.
  setTimeout(() => {
    if (!("sending" in form.dataset)) return;
    for (const button of buttons(form)) button.setAttribute("aria-disabled", "true");
    pressed?.setAttribute("aria-busy", "true");
  });
  setTimeout(() => release(form), FREE_AGAIN_AFTER);
}

export function release(form) {
  delete form.dataset.sending;
  form.removeAttribute("aria-busy");
  for (const button of buttons(form)) {
    button.removeAttribute("aria-disabled");
    button.removeAttribute("aria-busy");
  }
}

function renewIfAnswered(event) {
  const form = event.target.form;
  if (!form || !("answered" in form.dataset)) return;
  delete form.dataset.answered;
  const key = keyOf(form);
  if (key) key.value = newKey();
}

function buttons(form) {
  return [...form.elements].filter((element) => element.type === "submit");
}

export function formOf(element) {
  return element?.matches?.("form[data-once]") ? element : element?.closest?.("form[data-once]");
}
