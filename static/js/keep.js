// Keeps the timetable and the pass on this phone, and only when asked to: a page of its own, put where the service
// worker finds it under the address of the own page. It is taken away by a tap, when the class is over, and when the
// link was renewed.
const box = document.querySelector("[data-keep], [data-keep-here], [data-keep-over]");
const path = box?.dataset.page;
const can = isSecureContext && "serviceWorker" in navigator && "caches" in window;

async function fetched() {
  const answer = await fetch(box.dataset.keep, { cache: "no-store" });
  if (answer.status === 404 && (await answer.json().catch(() => ({}))).gone) return null;
  if (!answer.ok) throw new Error(answer.statusText);
  return answer;
}

// Gives whether it is kept now.
async function keep() {
  const answer = await fetched();
  if (!answer || Number(answer.headers.get("X-Kept-Until")) <= Date.now()) return forget();
  const page = new DOMParser().parseFromString(await answer.clone().text(), "text/html");
  const cache = await caches.open(`kept ${path}`);
  const files = JSON.parse(page.querySelector("[data-files]").dataset.files);
  await cache.addAll(files);
  await navigator.serviceWorker.register("/sw.js", { scope: path });
  await cache.put(path, answer);
  const old = (await cache.keys()).filter((request) => ![path, ...files].includes(new URL(request.url).pathname));
  await Promise.all(old.map((request) => cache.delete(request)));
  return true;
}

async function forget() {
  await caches.delete(`kept ${path}`);
  const worker = await navigator.serviceWorker.getRegistration(path);
  if (worker && new URL(worker.scope).pathname === path) await worker.unregister();
  return false;
}

function begin() {
  const said = box.querySelector("[data-keep-said]");
  const doing = box.querySelector("[data-keep-do]");
  const removing = box.querySelector("[data-keep-remove]");
  const show = (kept, words) => {
    if (doing) doing.hidden = kept;
    removing.hidden = !kept;
    said.textContent = words ?? "";
  };
  const failed = () => { said.textContent = said.dataset.failed; };
  doing?.addEventListener("click", () => keep().then((kept) => show(kept, kept ? said.dataset.kept : ""), failed));
  removing.addEventListener("click", () => forget().then(() => show(false, said.dataset.removed)));
  return show;
}

async function start() {
  const show = begin();
  for (const part of box.querySelectorAll("[data-keep-can]")) part.hidden = false;
  for (const part of box.querySelectorAll("[data-keep-cannot]")) part.hidden = true;
  const isKept = Boolean(await caches.match(path, { cacheName: `kept ${path}` }));
  const said = box.querySelector("[data-keep-said]");
  if (box.dataset.until) {
    const over = Number(box.dataset.until) <= Date.now();
    if (over) await forget();
    show(isKept && !over, over ? said.dataset.removed : "");
  } else {
    show(isKept, isKept ? said.dataset.kept : "");
    // The page came from the server: what is kept is made as new.
    if (isKept) await keep().then((kept) => kept || show(false, said.dataset.removed), () => null);
  }
}

if (box && can) {
  if ("keepOver" in box.dataset) forget();
  else start();
}
