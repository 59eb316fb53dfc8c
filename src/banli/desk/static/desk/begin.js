// A home's screen: what the person who stands there may not apply for is greyed; the server would refuse it anyway.

function fit(form) {
  const role = document.querySelector('input[name="applicant"][form="begin"]:checked')?.dataset.role;
  for (const button of form.elements) {
    if (!button.dataset.roles) continue;
    const no = role !== undefined && !button.dataset.roles.split(" ").includes(role);
    button.classList.toggle("begin-no", no);
    button.toggleAttribute("disabled", no);
  }
}

function begin() {
  const form = document.querySelector("form[data-begin]");
  if (form) fit(form);
}

document.addEventListener("change", (event) => {
  if (event.target.name === "applicant" && event.target.getAttribute("form") === "begin") begin();
});
document.addEventListener("banli:load", begin);
begin();
