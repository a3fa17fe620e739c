// An admin has another system told: adds its address, tries it, reads what went
// wrong, sends it again, makes a new secret, and deletes it.

import { stage, assert } from "./stage.mjs";
import { signIn } from "./console.mjs";

export default stage(async ({ page, env, axe, fits, phone, shot, allow }) => {
  allow(/422/); // an address that is not taken
  await signIn(page, env);
  await page.getByRole("link", { name: "Webhooks" }).click();
  await page.getByText("No webhooks yet.").waitFor();
  await axe(page);
  await page.getByRole("textbox", { name: "Address" }).fill("http://10.0.0.1/hook");
  await page.getByRole("checkbox", { name: /call\.missed/ }).check();
  await page.getByRole("button", { name: "Add an address" }).click();
  assert.equal(await page.getByRole("textbox", { name: "Address" }).getAttribute("aria-invalid"), "true");
  assert.equal(await page.getByRole("checkbox", { name: /call\.missed/ }).isChecked(), true, "what was chosen stays");
  await axe(page);
  await page.getByRole("textbox", { name: "Address" }).fill("https://crm.ringback.invalid/hook");
  await page.getByRole("button", { name: "Add an address" }).click();
  const secret = async () => (await page.getByRole("status").filter({ hasText: "shown this once" }).locator("code").innerText());
  const first = await secret();
  assert.match(first, /^whsec_/);
  await axe(page);

  await page.getByRole("button", { name: "Send a test event" }).click();
  const row = page.getByRole("row").filter({ hasText: "test" });
  await row.first().waitFor();
  for (;;) { // the log is no page that follows by itself
    await page.reload();
    if (await page.getByText("Next try:").count()) break;
  }
  await page.locator("summary").first().click();
  await page.getByText('"type"').first().waitFor();
  await axe(page);
  await shot("console-hook");
  const small = await phone({ dark: true });
  await small.goto(page.url());
  await fits(small);
  await axe(small);
  await page.getByRole("button", { name: "Send again" }).first().click();
  await page.getByRole("heading", { name: "What was sent" }).waitFor();

  await page.getByRole("button", { name: "Make a new secret" }).click();
  assert.notEqual(await secret(), first);
  await page.getByText("The secret before this one signs too").waitFor();
  await page.getByRole("button", { name: "Delete this address" }).click();
  await page.getByRole("button", { name: "Yes, remove it" }).click();
  await page.getByText("No webhooks yet.").waitFor();
});
