// The code on the hall's screen: asked for anew each time it changes, and never shown longer than it is good.
const box = document.querySelector("[data-now]");
const shown = box.querySelector(".hall-shown");
const away = box.querySelector("p[data-away]");
const SLACK = 0.3;

async function look() {
  let seconds = 2;
  try {
    const answer = await fetch(box.dataset.now, { cache: "no-store" });
    if (!answer.ok) throw new Error(answer.status);
    const now = await answer.json();
    show(now);
    seconds = now.seconds + SLACK;
  } catch {
    shown.hidden = true;
    away.textContent = box.dataset.away;
    away.hidden = false;
  }
  setTimeout(look, seconds * 1000);
}

function show(now) {
  away.hidden = true;
  shown.hidden = !now.code;
  box.querySelector("[data-shut]").hidden = Boolean(now.code);
  box.querySelector("[data-code]").textContent = now.code;
  const picture = new DOMParser().parseFromString(now.picture || "<svg xmlns='http://www.w3.org/2000/svg'/>", "image/svg+xml");
  box.querySelector("[data-picture]").replaceChildren(document.adoptNode(picture.documentElement));
}

navigator.wakeLock?.request("screen").catch(() => {});
setTimeout(look, (Number(box.dataset.seconds) + SLACK) * 1000);
