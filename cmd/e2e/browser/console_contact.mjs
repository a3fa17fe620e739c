// The office manager adds a customer, is told what is wrong, and records that
// somebody wants no more texts.

import { stage, assert } from "./stage.mjs";
import { signIn } from "./console.mjs";

await stage(async ({ page, env, axe, allow }) => {
  allow(/422/); // what is refused is answered so
  await signIn(page, env);
  await page.getByRole("link", { name: "Contacts" }).click();
  await page.waitForLoadState(); // the dialog opens by a script
  await page.getByRole("button", { name: "Add a contact" }).click();
  const form = page.getByRole("dialog");
  await form.getByLabel("Name").fill("Dana Reyes");
  await form.getByLabel("Phone number").fill("12345");
  await form.getByRole("button", { name: "Add a contact" }).click();
  await form.getByText(/E\.164/).waitFor();
  assert.equal(await form.getByLabel("Name").inputValue(), "Dana Reyes");
  await axe(page);
  await form.getByLabel("Phone number").fill("+13125550177");
  await form.getByRole("button", { name: "Add a contact" }).click();

  await page.getByRole("heading", { name: "Dana Reyes" }).waitFor();
  await page.getByRole("switch", { name: /Opted out/ }).check();
  await page.getByLabel("What they said").fill("Please no more texts");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("Saved.").waitFor();
  await page.getByRole("cell", { name: "Please no more texts" }).waitFor();
  await axe(page);
});
