// A button that copies the text of a field. Where the browser forbids it (a chat's own browser, plain http) the text is
// marked, so that it can be copied by hand; without this script the field alone is enough.
for (const button of document.querySelectorAll("[data-copy]")) {
  const text = document.getElementById(button.dataset.copy);
  const said = button.parentElement.querySelector("[role=status]");
  button.hidden = false;
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(text.value);
      said.textContent = button.dataset.done;
    } catch {
      text.focus();
      text.select();
      said.textContent = button.dataset.fallback;
    }
  });
}
