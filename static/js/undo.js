// U or Ctrl+Z takes back what was last saved, unless somebody is typing a text: the button's key.
document.addEventListener("keydown", (event) => {
  const form = document.querySelector("form[data-undo]");
  const key = event.key.toLowerCase();
  const wanted = (event.ctrlKey || event.metaKey) ? key === "z" && !event.shiftKey : key === "u";
  if (!form || !wanted || event.altKey || event.repeat || event.defaultPrevented) return;
  if (event.target.closest('textarea, select, input:not([type="radio"], [type="checkbox"]), [contenteditable]')) return;
  event.preventDefault();
  form.requestSubmit();
});
