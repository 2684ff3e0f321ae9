// A pass that fills the screen keeps it awake while it is shown, where the browser can; Escape closes it. The filling
// itself is done by the address alone.
let awake = null;

const shown = () => document.querySelector(".pass:target");

async function follow() {
  if (shown() && document.visibilityState === "visible") {
    awake ??= await navigator.wakeLock?.request("screen").catch(() => null) ?? null;
    awake?.addEventListener("release", () => { awake = null; });
  } else {
    awake?.release();
    awake = null;
  }
}

addEventListener("hashchange", follow);
document.addEventListener("visibilitychange", follow);
addEventListener("keydown", (event) => { if (event.key === "Escape") shown()?.querySelector(".pass-close").click(); });
follow();
