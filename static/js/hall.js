// The code on the hall's screen: asked for anew each time it changes, and hidden when it is over at the latest.
const box = document.querySelector("[data-now]");
const shown = box.querySelector(".hall-shown");
const away = box.querySelector("p[data-away]");
// In seconds. A code is taken for so long after its own twenty seconds; see attendance/rules/hall.py.
const STILL_GOOD = 20;
const SLACK = 0.3;
const PATIENCE = 5;
const AFTER_A_FAILURE = 2;

let since = stamp();
let next = Number(box.dataset.seconds) + SLACK;
let over = Number(box.dataset.seconds) + STILL_GOOD;
let asking = false;

function tick() {
  if (age() >= over) hide(box.dataset.away);
  if (!asking && age() >= next) look();
}

async function look() {
  asking = true;
  const asked = stamp();
  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(), PATIENCE * 1000);
  try {
    const answer = await fetch(box.dataset.now, { cache: "no-store", signal: patience.signal });
    if (answer.status === 404) hide(box.dataset.gone);
    if (!answer.ok) throw new Error(answer.status);
    const now = await answer.json();
    show(now);
    since = asked;
    next = now.seconds + SLACK;
    over = now.seconds + STILL_GOOD;
  } catch {
    next = age() + AFTER_A_FAILURE;
  }
  clearTimeout(timer);
  asking = false;
}

function show(now) {
  away.hidden = true;
  shown.hidden = !now.code;
  box.querySelector("[data-shut]").hidden = Boolean(now.code);
  box.querySelector("[data-code]").textContent = now.code;
  const picture = new DOMParser().parseFromString(now.picture || "<svg xmlns='http://www.w3.org/2000/svg'/>", "image/svg+xml");
  box.querySelector("[data-picture]").replaceChildren(document.adoptNode(picture.documentElement));
}

function hide(why) {
  shown.hidden = true;
  if (away.hidden) away.textContent = why;
  away.hidden = false;
}

// Two clocks: one may stand still while the computer sleeps, the other may be put back.
function stamp() {
  return { wall: Date.now(), steady: performance.now() };
}

function age() {
  return Math.max(Date.now() - since.wall, performance.now() - since.steady) / 1000;
}

// The browser lets the screen sleep again when another window was looked at.
function seen() {
  if (document.hidden) return;
  navigator.wakeLock?.request("screen").catch(() => {});
  if (!asking) look();
}

// The secret address does not stay where the hall can photograph it; where it cannot be kept it stays, so that the page
// can be loaded anew.
try {
  sessionStorage.setItem("hall-screen", location.pathname);
  history.replaceState(null, "", box.dataset.again);
} catch {
  // Nothing is kept here.
}

navigator.wakeLock?.request("screen").catch(() => {});
document.addEventListener("visibilitychange", seen);
setInterval(tick, 250);
