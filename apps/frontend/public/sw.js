// Where there is no connection, shows the list as it was last, and a page that says so in place of the other pages. The list of
// an account is kept until somebody is asked to sign in.
const shell = "shell-2";
const files = "files-1";
const list = "list-1";
const offline = "/offline.html";
const offlineStyle = "/offline.css";
const mostFiles = 100;

self.addEventListener("install", (event) => {
  self.skipWaiting();
  event.waitUntil(caches.open(shell).then((cache) => cache.addAll([offline, offlineStyle])));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(forgetOld());
});

self.addEventListener("fetch", (event) => {
  const { pathname, origin } = new URL(event.request.url);
  if (event.request.mode === "navigate") event.respondWith(showPage(event, pathname));
  else if (origin === location.origin && pathname === offlineStyle) {
    event.respondWith(fetch(event.request).catch(() => caches.match(offlineStyle)));
  } else if (origin === location.origin && pathname.startsWith("/_next/static/")) event.respondWith(giveFile(event));
});

// A page that was opened before this worker ran tells what it has loaded.
self.addEventListener("message", (event) => {
  event.waitUntil(Promise.all([keepList(fetch("/")), ...event.data.map((url) => keepFile(url, fetch(url)))]));
});

async function showPage(event, pathname) {
  try {
    const answer = await fetch(event.request);
    if (event.request.url === new URL("/", location).href) event.waitUntil(keepList(answer.clone()));
    if (pathname === "/signin" || pathname === "/signup") event.waitUntil(caches.delete(list));
    return answer;
  } catch {
    const kept = pathname === "/" && (await caches.match("/", { cacheName: list }));
    if (!kept) return caches.match(offline);
    return new URL(event.request.url).search === "" ? kept : Response.redirect("/");
  }
}

async function giveFile(event) {
  try {
    const answer = await fetch(event.request);
    event.waitUntil(keepFile(event.request, answer.clone()));
    return answer;
  } catch (error) {
    const kept = await caches.match(event.request, { cacheName: files });
    if (kept) return kept;
    throw error;
  }
}

async function keepList(answering) {
  const answer = await answering;
  if (answer.ok && !answer.redirected) await (await caches.open(list)).put("/", answer);
}

async function keepFile(request, answering) {
  const answer = await answering;
  if (!answer.ok) return;
  const cache = await caches.open(files);
  await cache.put(request, answer);
  const kept = await cache.keys();
  await Promise.all(kept.slice(0, Math.max(0, kept.length - mostFiles)).map((old) => cache.delete(old)));
}

async function forgetOld() {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => ![shell, files, list].includes(name)).map((name) => caches.delete(name)));
  await self.clients.claim();
}
