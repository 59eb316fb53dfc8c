// Menus are <details>, dialogs are <dialog>: both work by themselves. This closes a menu when one goes elsewhere, and
// opens dialogs in browsers that do not know the command attribute yet.

const invokers = "command" in HTMLButtonElement.prototype;

export function start() {
  document.addEventListener("click", (event) => {
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      if (!menu.contains(event.target)) menu.open = false;
    }
    const button = event.target.closest?.("button[commandfor]");
    if (!button) return;
    button.closest("details.menu")?.removeAttribute("open");
    if (!invokers && button.getAttribute("command") === "show-modal") {
      document.getElementById(button.getAttribute("commandfor"))?.showModal();
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      menu.open = false;
      menu.querySelector("summary").focus();
      event.preventDefault();
    }
  });
  // A page shown anew comes in before the old one goes: its open one of a group would be closed, as the old one is open.
  document.addEventListener("htmx:beforeSwap", (event) => {
    for (const one of event.detail.target.querySelectorAll("details[name][open]")) one.removeAttribute("name");
  });
  // A click on the shade beside a dialog closes it.
  document.addEventListener("mousedown", (event) => {
    if (event.target.matches?.("dialog[open]") && !inside(event.target, event)) event.target.close();
  });
}

function inside(dialog, event) {
  const box = dialog.getBoundingClientRect();
  return event.clientX >= box.left && event.clientX <= box.right && event.clientY >= box.top && event.clientY <= box.bottom;
}
