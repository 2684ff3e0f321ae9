// The attendance sheet without a mouse: a digit marks the person (0 clears) and goes on to the next. Everything works without it.
const form = document.querySelector("form.marks");
const rows = [...form.querySelectorAll(".marks-row")];
const shownIn = (row) => row.querySelector('input[name^="shown-"]').value;
const STATES = ["", "present", "late", "left_early", "excused", "absent"];
let sending = false;

function changedRows() {
  return rows.filter((row) => {
    const chosen = row.querySelector('input[type="radio"]:checked');
    const changed = Boolean(chosen) && chosen.value !== shownIn(row);
    row.classList.toggle("changed", changed);
    return changed;
  });
}

function count() {
  const number = changedRows().length;
  const place = form.querySelector("[data-count]");
  if (place) place.textContent = number ? `${number} ${form.dataset.unsaved}` : "";
}

form.addEventListener("change", count);
form.addEventListener("keydown", (event) => {
  const row = event.target.closest(".marks-row");
  if (!row || event.ctrlKey || event.metaKey || event.altKey || !/^[0-5]$/.test(event.key)) return;
  const choice = row.querySelector(`input[type="radio"][value="${STATES[event.key]}"]`);
  if (!choice || choice.matches(":disabled")) return;
  event.preventDefault();
  choice.checked = true;
  count();
  const next = rows[rows.indexOf(row) + 1];
  if (!next) return choice.focus();
  (next.querySelector('input[type="radio"]:checked') ?? next.querySelector('input[type="radio"]')).focus();
  next.scrollIntoView({ block: "nearest" });
});
form.addEventListener("submit", () => { sending = true; });
addEventListener("beforeunload", (event) => {
  if (!sending && changedRows().length) event.preventDefault();
});
count();
