// The office manager switches three messages and saves; writes one in her own
// words, with a placeholder that there is none of at first; and meets a
// colleague who saved meanwhile, in another tab.

import { stage, assert } from "./stage.mjs";
import { saved, signIn } from "./console.mjs";

export default stage(async ({ page, context, env, axe, fits, phone, shot, allow }) => {
  allow(/422/); // what is refused is answered so,
  allow(/409/); // and so is what somebody else was faster with
  await signIn(page, env);
  await page.getByRole("link", { name: "Automated chat responses" }).click();
  await page.waitForLoadState(); // what a script does needs the script
  const on = (name, of = page) => of.getByRole("switch", { name: name + ": goes out" });
  const save = (of = page) => of.getByRole("region", { name: "Changes that are not saved" }).getByRole("button", { name: "Save" });

  const three = ["Customer call missed", "Capture advisor rating", "Share VoiceHub (contact page)"];
  for (const name of three) await on(name).uncheck();
  await axe(page);
  await save().click();
  await saved(page);
  for (const name of three) assert.equal(await on(name).isChecked(), false, name);
  assert.equal(await on("Customer sends first chat").isChecked(), true);
  assert.equal(await save().isVisible(), false);

  const card = page.getByRole("region", { name: "Customer sends first chat" });
  await card.getByRole("heading", { name: "Customer sends first chat" }).click();
  await card.getByText("1 segment").waitFor();
  await card.getByRole("button", { name: "Customer’s name" }).click();
  await card.getByText(/as soon as we can.*Anna Kowalska/).waitFor();
  assert.match(await card.getByLabel("Message", { exact: true }).inputValue(), /^Thanks for your message\..*\{\{customer_name\}\}$/);
  await shot("automations");
  await axe(page);
  await card.getByLabel("Message", { exact: true }).fill("Hello {{nobody}}");
  await save().click();
  await page.getByText("Nothing was saved yet.").waitFor();
  await page.waitForLoadState();
  await card.getByText("There is no {{nobody}}.").first().waitFor();
  assert.equal(await card.getByLabel("Message", { exact: true }).inputValue(), "Hello {{nobody}}");
  await axe(page);
  await card.getByLabel("Message", { exact: true }).fill("Hello {{customer_name}}, mine");

  const other = await context.newPage();
  await other.goto(page.url().replace(/\?.*/, "") + "#after_hours_text");
  const theirs = other.getByRole("region", { name: "After-hours texts for customers (SMS and WhatsApp only)" });
  await theirs.getByLabel("Message", { exact: true }).fill("Closed, theirs");
  await other.getByRole("region", { name: "Customer sends first chat" }).getByRole("heading", { name: "Customer sends first chat" }).click();
  await other.getByRole("region", { name: "Customer sends first chat" }).getByLabel("Message", { exact: true }).fill("Hello, theirs");
  await save(other).click();
  await saved(other);

  await save().click();
  await page.getByRole("heading", { name: /changed this \d+ min ago/ }).waitFor();
  await page.waitForLoadState();
  assert.equal(await card.getByLabel("Message", { exact: true }).inputValue(), "Hello {{customer_name}}, mine");
  await card.getByText("Saved meanwhile: Hello, theirs").waitFor();
  await axe(page);
  await shot("automations-conflict");
  await page.getByRole("button", { name: "Keep mine and save" }).click();
  await saved(page);
  await page.goto(page.url().replace(/\?.*/, "")); // without the word, so that the next one is news
  assert.equal(await page.locator("#customer_first_chat-message").inputValue(), "Hello {{customer_name}}, mine");
  assert.equal(await page.locator("#after_hours_text-message").inputValue(), "Closed, theirs");

  // What is discarded is as it was, also in the preview; an empty text is the default again.
  await card.getByRole("heading", { name: "Customer sends first chat" }).click();
  await card.getByLabel("Message", { exact: true }).fill("Not this");
  await card.getByText("Service: Not this").waitFor();
  await page.getByRole("button", { name: "Discard" }).click();
  await card.getByText(/Anna Kowalska, mine/).waitFor();
  await card.getByLabel("Message", { exact: true }).fill("");
  for (const name of three) await on(name).check();
  await save().click();
  await saved(page);

  const small = await phone({ dark: true });
  await small.goto(page.url().replace(/\?.*/, "") + "#ask_issue_resolved");
  await small.locator("#ask_issue_resolved .notice").waitFor();
  await axe(small);
  await fits(small);
});
