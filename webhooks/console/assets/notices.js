// Lets this browser show notices while the console is closed: asks for the
// permission, subscribes at the browser's push service, and tells the server.
"use strict";

const push = document.getElementById("push");
const button = push.querySelector("button");
const cannot = push.querySelector("[data-cannot]");

if ("serviceWorker" in navigator && "PushManager" in window && "Notification" in window && window.isSecureContext) {
  cannot.remove();
  button.hidden = false;
  button.addEventListener("click", () => {
    button.disabled = true;
    subscribe().then(() => location.assign("/notices"), (fault) => {
      button.disabled = false;
      tell(fault.message === "denied" ? push.dataset.denied : push.dataset.failed, true);
    });
  });
}

async function subscribe() {
  if ((await Notification.requestPermission()) !== "granted") throw new Error("denied");
  const registration = await navigator.serviceWorker.register(push.dataset.worker);
  await active(registration);
  const key = bytes(push.dataset.key);
  let subscription;
  try {
    subscription = await registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
  } catch {
    // The browser may hold one that another server's key made.
    const old = await registration.pushManager.getSubscription();
    if (old) await old.unsubscribe();
    subscription = await registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
  }
  const { endpoint, keys } = subscription.toJSON();
  const answer = await fetch("/api/v1/me/devices", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ endpoint, keys, name: name() }),
  });
  if (!answer.ok) throw new Error(String(answer.status));
}

function active(registration) {
  const worker = registration.active || registration.waiting || registration.installing;
  if (worker.state === "activated") return Promise.resolve();
  return new Promise((resolve) => worker.addEventListener("statechange", () => worker.state === "activated" && resolve()));
}

function bytes(base64url) {
  return Uint8Array.from(atob(base64url.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
}

// name is by what somebody knows their device again: "Firefox, Linux".
function name() {
  const agent = navigator.userAgent;
  const browser = ["Edg", "OPR", "Firefox", "Chrome", "Safari"].find((b) => agent.includes(b)) || "";
  const system = ["Android", "iPhone", "iPad", "Windows", "Mac OS", "Linux"].find((s) => agent.includes(s)) || "";
  return [{ Edg: "Edge", OPR: "Opera" }[browser] || browser, system].filter(Boolean).join(", ");
}
