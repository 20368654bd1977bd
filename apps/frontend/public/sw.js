// Shows a page of this site when there is no connection. It keeps nothing but that page: todos belong to their account.
const shell = "shell-1";
const page = "/offline.html";

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(shell).then((cache) => cache.add(page)));
});

self.addEventListener("fetch", (event) => {
  if (event.request.mode === "navigate") event.respondWith(fetch(event.request).catch(() => caches.match(page)));
});
