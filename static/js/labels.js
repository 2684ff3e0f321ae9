// The choices that can be searched in (select2) take no name from the label of their field; a screen reader needs one.
function name(box) {
  const select = box.closest(".select2-container")?.previousElementSibling;
  const label = select?.labels?.[0];
  const shown = box.querySelector(".select2-selection__rendered");
  if (!label || !shown) return;
  label.id ||= `${select.id}_label`;
  shown.id ||= `${select.id}_shown`;
  for (const part of [box, shown]) part.setAttribute("aria-labelledby", `${label.id} ${shown.id}`);
}
const nameAll = () => document.querySelectorAll(".select2-selection").forEach(name);
// They are made at any time: some after the page has loaded, some with a line that is added.
new MutationObserver(nameAll).observe(document.body, { childList: true, subtree: true });
nameAll();
