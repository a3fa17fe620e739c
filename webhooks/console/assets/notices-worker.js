// Shows what the server pushes, and leads to its page when it is clicked.
"use strict";

self.addEventListener("install", () => self.skipWaiting());

self.addEventListener("push", (e) => {
  let told = {};
  try {
    told = e.data.json();
  } catch {
    // a push without words still says that something happened
  }
  e.waitUntil(self.registration.showNotification(told.title || "Ringback", { body: told.body || "", tag: told.tag, data: { url: told.url } }));
});

self.addEventListener("notificationclick", (e) => {
  e.notification.close();
  const path = (e.notification.data || {}).url || "/";
  const page = new URL(path, self.location.origin);
  if (page.origin !== self.location.origin) return;
  e.waitUntil(self.clients.openWindow(page.href));
});
