// A page for paper: its button prints it.

document.addEventListener("click", (event) => {
  if (event.target.closest?.("[data-print]")) print();
});
