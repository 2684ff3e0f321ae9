// Opens the page of a door without a network: its empty shell and its own files, and nothing of anybody.
const FILES = {{ files|safe }};
const SHELL = "{{ shell }}";
const CACHE = "door-{{ version }}";
const PATIENCE = 4000;

addEventListener("install", (event) => event.waitUntil((async () => {
  const cache = await caches.open(CACHE);
  await cache.addAll([...FILES, new Request(SHELL, { cache: "reload" })]);
})()));

addEventListener("activate", (event) => event.waitUntil((async () => {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith("door-") && name !== CACHE).map((name) => caches.delete(name)));
})()));

async function page(request) {
  const shell = await caches.match(SHELL, { cacheName: CACHE });
  const asked = fetch(request);
  if (!shell) return asked;
  const late = new Promise((resolve) => setTimeout(resolve, PATIENCE));
  const answer = await Promise.race([asked, late]).catch(() => null);
  return !answer || answer.status >= 500 ? shell : answer;
}

const file = async (request) => await caches.match(request, { cacheName: CACHE }) ?? fetch(request);

addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== location.origin) return;
  if (request.mode === "navigate" && /^\/check-in\/[^/]+\/$/.test(pathname)) event.respondWith(page(request));
  else if (FILES.includes(pathname)) event.respondWith(file(request));
});
