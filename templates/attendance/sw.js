// One file, two workers by their scope, which share nothing: that of the doors opens the page of a door without a
// network, its empty shell and its own files, and nothing of anybody; that of somebody's own page opens what the person
// asked to keep there.
const FILES = {{ files|safe }};
const SHELL = "{{ shell }}";
const CACHE = "door-{{ version }}";
const PATIENCE = 4000;
const SCOPE = new URL(registration.scope).pathname;
const OWN = SCOPE.startsWith("/my/");
const KEPT = `kept ${SCOPE}`;

addEventListener("install", (event) => OWN || event.waitUntil((async () => {
  const cache = await caches.open(CACHE);
  await cache.addAll([...FILES, new Request(SHELL, { cache: "reload" })]);
})()));

addEventListener("activate", (event) => event.waitUntil((async () => {
  if (OWN) return void await kept();
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith("door-") && name !== CACHE).map((name) => caches.delete(name)));
})()));

// The answer of the network, or null when there is none within some seconds or the server is out of order.
async function answered(request) {
  const late = new Promise((resolve) => setTimeout(resolve, PATIENCE));
  const answer = await Promise.race([fetch(request), late]).catch(() => null);
  return !answer || answer.status >= 500 ? null : answer;
}

async function page(request) {
  const shell = await caches.match(SHELL, { cacheName: CACHE });
  return shell ? await answered(request) ?? shell : fetch(request);
}

const file = async (request, cacheName) => await caches.match(request, { cacheName }) ?? fetch(request);

// What was kept of the own page; nothing any more when the class is over.
async function kept() {
  const copy = await caches.match(SCOPE, { cacheName: KEPT });
  if (!copy || Number(copy.headers.get("X-Kept-Until")) > Date.now()) return copy;
  return forget();
}

async function forget() {
  await caches.delete(KEPT);
  await registration.unregister();
}

// The link was renewed: whoever has the old one, and this phone, has nothing of the person any more.
async function forgetIfGone() {
  const answer = await fetch(`${SCOPE}kept/`, { cache: "no-store" });
  if (answer.status === 404 && (await answer.json()).gone) await forget();
}

async function ownPage(event) {
  const copy = await kept();
  if (!copy) return fetch(event.request);
  const answer = await answered(event.request);
  if (answer?.status === 404) event.waitUntil(forgetIfGone().catch(() => null));
  return answer ?? copy;
}

addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== location.origin) return;
  if (OWN) {
    if (request.mode === "navigate" && pathname === SCOPE) event.respondWith(ownPage(event));
    else if (pathname.startsWith("{{ static }}")) event.respondWith(file(request, KEPT));
  } else if (request.mode === "navigate" && /^\/check-in\/[^/]+\/$/.test(pathname)) event.respondWith(page(request));
  else if (FILES.includes(pathname)) event.respondWith(file(request, CACHE));
});
