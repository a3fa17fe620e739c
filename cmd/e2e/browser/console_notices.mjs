// Maria chooses what she is told of, sends herself a test, lets her browser show
// notices, and sees one; the demo shows the e-mail.

import { stage, assert } from "./stage.mjs";
import { signIn } from "./console.mjs";

// The browser's push service is the internet's: the subscription is made here,
// with a key as browsers make it.
async function ownPushService() {
  const { publicKey } = await crypto.subtle.generateKey({ name: "ECDH", namedCurve: "P-256" }, true, ["deriveBits"]);
  const text = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=/g, "");
  const keys = { p256dh: text(await crypto.subtle.exportKey("raw", publicKey)), auth: text(crypto.getRandomValues(new Uint8Array(16))) };
  return { endpoint: "https://push.example.com/1", keys };
}

export default stage(async ({ page, context, env, axe, fits, phone, shot }) => {
  await context.grantPermissions(["notifications"], { origin: env.URL });
  await page.addInitScript(`{
    ${ownPushService}
    if (globalThis.PushManager) PushManager.prototype.subscribe = async () => { const made = await ownPushService(); return { toJSON: () => made }; };
  }`);
  await signIn(page, env);
  await page.getByRole("link", { name: "Notifications" }).click();
  await page.waitForLoadState();
  await axe(page);
  const box = (what, way) => page.getByRole("checkbox", { name: `${what}: ${way}` });
  assert.equal(await box("A missed call", "E-mail").isChecked(), true);
  assert.equal(await box("A missed call", "Text to my phone").isChecked(), false);
  await box("A message on an open ticket", "E-mail").check();
  await page.getByRole("region", { name: "Changes that are not saved" }).getByRole("button", { name: "Save" }).click();
  await page.getByText(/Saved \d\d:\d\d/).waitFor();
  assert.equal(await box("A message on an open ticket", "E-mail").isChecked(), true);

  await page.getByRole("button", { name: "Send me a test: E-mail" }).click();
  await page.getByText("It is on its way.").waitFor();
  await page.getByRole("row", { name: /A test notification E-mail sent/ }).waitFor(); // it is under way first
  await axe(page);
  const mail = await context.newPage();
  await mail.goto(env.URL.replace("127.0.0.1", "localhost") + "/phone/mail");
  await mail.getByText("This is how a notification arrives. All is well.").waitFor();
  await axe(mail);
  await fits(mail);

  await page.getByRole("button", { name: "Show notifications in this browser" }).click();
  await page.getByRole("button", { name: /^Remove Chrome, Linux/ }).waitFor();
  await shot("notices");
  const small = await phone();
  await small.goto(page.url());
  await fits(small);
  await axe(small);

  const devtools = await context.newCDPSession(page);
  const registered = new Promise((resolve) => devtools.on("ServiceWorker.workerRegistrationUpdated", ({ registrations }) => {
    if (registrations.length) resolve(registrations[0].registrationId);
  }));
  await devtools.send("ServiceWorker.enable");
  await devtools.send("ServiceWorker.deliverPushMessage", {
    origin: env.URL, registrationId: await registered, data: JSON.stringify({ title: "Missed call · #1001", body: "Ann", url: "/teams", tag: "1" }),
  });
  await page.waitForFunction(async () => {
    const registration = await navigator.serviceWorker.getRegistration("/console/");
    const shown = await registration.getNotifications();
    return shown.length === 1 && shown[0].title === "Missed call · #1001" && shown[0].body === "Ann" && shown[0].data.url === "/teams";
  });
  await page.getByRole("button", { name: /^Remove Chrome, Linux/ }).click();
  await page.getByRole("button", { name: "Yes, remove it" }).click();
  await page.getByRole("button", { name: /^Remove/ }).waitFor({ state: "detached" });
});
