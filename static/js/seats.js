// The seats that stand in the fields, added up while they are typed. Without it the page shows the sum that was saved.
const form = document.querySelector("form.seats");
const total = form?.querySelector("[data-total]");
const over = form?.querySelector("[data-over]");

function add() {
  const fields = [...form.querySelectorAll('input[type="number"]')];
  const sum = fields.reduce((all, field) => all + (field.valueAsNumber || 0), 0);
  total.textContent = sum;
  over.hidden = !form.dataset.capacity || sum <= Number(form.dataset.capacity);
}

form?.addEventListener("input", add);
if (form?.querySelector('input[type="number"]')) add();
