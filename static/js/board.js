// The board of a half-day: looks again each few seconds while the page is seen. What was opened stays open.
const SECONDS = 4;
const away = document.querySelector("[data-away]");
let last = new Date();
let timer = 0;

async function look() {
  const box = document.querySelector("[data-board]");
  try {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" }, cache: "no-store" });
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-board]");
    if (answer.redirected || (answer.ok && !fresh)) return location.reload(); // signed out, or no longer there
    if (!answer.ok) throw new Error(answer.status);
    show(box, document.adoptNode(fresh));
    last = new Date();
    away.textContent = "";
  } catch {
    away.textContent = `${away.dataset.away} ${last.toLocaleTimeString("vi")}`;
  }
  wait();
}

function show(box, fresh) {
  for (const part of box.querySelectorAll("details[open]")) fresh.querySelector(`#${CSS.escape(part.id)}`)?.setAttribute("open", "");
  if (box.innerHTML === fresh.innerHTML) return;
  const id = box.contains(document.activeElement) && document.activeElement.closest("details")?.id;
  box.replaceWith(fresh);
  if (id) document.querySelector(`#${CSS.escape(id)} > summary`)?.focus({ preventScroll: true });
}

function wait() {
  clearTimeout(timer);
  if (!document.hidden) timer = setTimeout(look, SECONDS * 1000);
}

document.addEventListener("visibilitychange", () => {
  clearTimeout(timer);
  if (!document.hidden) look();
});
wait();
