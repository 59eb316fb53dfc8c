// A letter of authority as the form has it so far, on paper, to be signed before it is entered.

const NAMES = ["principal", "delegate", "scopes", "valid_from", "valid_to", "once"];

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-draft]");
  if (!button) return;
  const typed = [...new FormData(button.form)].filter(([name, value]) => NAMES.includes(name) && value);
  open(`${button.dataset.draft}?${new URLSearchParams(typed)}`, "_blank", "noopener");
});
