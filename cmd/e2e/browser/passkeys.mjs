// Passkeys, by a virtual authenticator: added, shown beside a password and in its
// place, asked for again, and taken away.

import { stage, assert } from "./stage.mjs";

export default stage(async ({ page, env, axe, fits, shot, context, allow }) => {
  allow(/40[13]|422/); // asked to show again who one is; a passkey that is gone
  const cdp = await context.newCDPSession(page);
  await cdp.send("WebAuthn.enable");
  await cdp.send("WebAuthn.addVirtualAuthenticator", {
    options: { protocol: "ctap2", transport: "internal", hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true },
  });

  await page.goto(env.LINK);
  await page.getByLabel(/company/i).fill("Green Valley Equipment");
  await page.getByLabel("Your name").fill("Maria Lopez");
  await page.getByLabel("Email address").fill("maria@greenvalley.example");
  await page.getByLabel("Password").fill("a mower in the tall grass");
  await page.getByRole("button").filter({ hasNotText: "Choose" }).first().click();
  await page.getByText("Maria Lopez").first().waitFor();

  await page.goto(`${env.URL}/account/second-factor`);
  await page.getByLabel("What to call it").fill("My laptop");
  await axe(page);
  await page.getByRole("button", { name: "Add a passkey" }).click();
  await page.getByText("Your recovery codes").waitFor();
  const code = await page.locator("code").first().textContent();
  await page.goto(`${env.URL}/account/second-factor`);
  await page.getByText("My laptop", { exact: true }).waitFor();
  await axe(page);
  await fits(page);
  await shot("passkeys");

  // In the place of a password.
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByRole("button", { name: "Sign in with a passkey" }).waitFor();
  await axe(page);
  await shot("passkey-sign-in");
  await page.getByRole("button", { name: "Sign in with a passkey" }).click();
  await page.getByText("Maria Lopez").first().waitFor();

  // Beside it: a password alone does not let in, a recovery code or the passkey does.
  for (const way of ["code", "passkey"]) {
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByLabel("Email address").fill("maria@greenvalley.example");
    await page.getByLabel("Password").fill("a mower in the tall grass");
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
    await page.getByText("Enter a code").waitFor();
    await axe(page);
    if (way === "code") {
      await page.getByLabel("Code").fill(code);
      await page.getByRole("button", { name: "Sign in", exact: true }).click();
    } else {
      await page.getByRole("button", { name: "Sign in with a passkey" }).click();
    }
    await page.getByText("Maria Lopez").first().waitFor();
  }

  // A device that does not recognize its owner says so, and the page goes on.
  await page.goto(`${env.URL}/account/second-factor`);
  await page.getByText("9 recovery codes are left.").waitFor();
  await page.getByRole("button", { name: "Add a passkey" }).click();
  await page.locator("[data-failed]:visible").waitFor(); // it is on this device already
  await page.getByRole("button", { name: /Remove.*My laptop/ }).click();
  await page.getByRole("button", { name: "Yes, remove it" }).click();
  await page.getByText("My laptop", { exact: true }).waitFor({ state: "detached" });

  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByRole("button", { name: "Sign in with a passkey" }).click();
  await page.getByRole("alert").waitFor();
  assert.match(await page.getByRole("alert").textContent(), /not taken here/);
});
