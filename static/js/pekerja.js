/* The service worker: our own files from the phone, pages from the network; without network the page for recording.
   The view puts `ASET` (addresses of files) and `VERSI` (of this set) in front. Nothing of anybody is kept here: the
   page for recording holds no member, the list is in the page's own store. */
const KEPT = `aset-${VERSI}`;
const PATIENCE = 8000; // ms for a page on two bars of signal

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(KEPT).then((cache) => cache.addAll(ASET)).then(() => self.skipWaiting()));
});

/* A new version: the kept pages ask for new files, so they are fetched again; if that fails the old files stay. */
self.addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    await self.clients.claim();
    const pages = await caches.open("halaman");
    for (const request of await pages.keys()) {
      const page = await fetch(request.url, { credentials: "same-origin", redirect: "manual" }).catch(() => null);
      if (!page || !page.ok) return;
      await pages.put(request, page);
    }
    for (const name of await caches.keys()) if (name.startsWith("aset-") && name !== KEPT) await caches.delete(name);
  })());
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  if (request.mode === "navigate") event.respondWith(page(request, url));
  else if (url.pathname.startsWith("/static/")) event.respondWith(file(request));
});

const file = async (request) => (await caches.match(request)) || fetch(request);

const page = async (request, url) => {
  const kept = await keptFor(url);
  const fromNetwork = fetch(request);
  try {
    if (!kept) return await fromNetwork;
    return await Promise.race([fromNetwork, new Promise((_, late) => setTimeout(late, PATIENCE))]);
  } catch {
    return kept || (await caches.match("/luring/")) || Response.error();
  }
};

/* The page for recording of the cooperative the address lies in; for the start page, of the only one there is. */
const keptFor = async (url) => {
  const pages = await caches.open("halaman");
  const all = await pages.keys();
  const home = (address) => new URL(address).pathname.replace(/iuran\/luring\/$/, "");
  const found = all.find((request) => url.pathname.startsWith(home(request.url))) || (url.pathname === "/" && all.length === 1 ? all[0] : null);
  return found ? pages.match(found) : undefined;
};
