// How far long work is: looks again each two seconds, and goes on to the next page when there is one. Without it the page
// is loaded anew each five seconds.
const SECONDS = 2;

async function look() {
  const box = document.querySelector("[data-progress]");
  try {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.querySelector("[data-progress]");
    if (answer.ok && (answer.redirected || !fresh)) {
      location.replace(answer.url);
      return;
    }
    if (answer.ok && box.innerHTML !== fresh.innerHTML) box.replaceWith(document.adoptNode(fresh));
  } catch {
    // The site is away for a moment; it is asked again.
  }
  setTimeout(look, SECONDS * 1000);
}
setTimeout(look, SECONDS * 1000);
