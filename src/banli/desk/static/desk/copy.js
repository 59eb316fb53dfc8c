// A text to be sent on is copied by one press, and the button says so in the words it brings.

for (const button of document.querySelectorAll("[data-copy]")) {
  button.addEventListener("click", async () => {
    const text = document.getElementById(button.dataset.copy);
    text.select();
    try {
      await navigator.clipboard.writeText(text.value);
    } catch {
      document.execCommand("copy"); // plain HTTP in the office's own network has no clipboard
    }
    button.lastChild.textContent = button.dataset.copied;
  });
}
