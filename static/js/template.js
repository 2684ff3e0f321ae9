// The paper beside the form follows what is typed. Without it a button shows it.
const WAIT = 500;
const form = document.getElementById("template");
const board = form.closest(".looks");
const picture = board.querySelector("img");
const said = board.querySelector(".looks-said");
let timer;
let asked = 0;

function asAddress(blob) {
  return new Promise((resolve) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result);
    reader.readAsDataURL(blob);
  });
}

async function show() {
  const mine = ++asked;
  board.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(form.dataset.preview, { method: "POST", body: new FormData(form) });
    if (mine !== asked) return;
    const is_picture = answer.headers.get("Content-Type") === "image/png";
    const is_sentence = answer.ok && answer.headers.get("Content-Type").startsWith("text/plain");
    said.textContent = is_sentence ? await answer.text() : "";
    if (is_picture) {
      picture.src = await asAddress(await answer.blob());
      picture.hidden = false;
    }
  } catch {
    // The site is away for a moment: the picture stays as it was.
  }
  if (mine === asked) board.removeAttribute("aria-busy");
}

form.addEventListener("input", () => {
  clearTimeout(timer);
  timer = setTimeout(show, WAIT);
});
if (picture.hidden) show();
