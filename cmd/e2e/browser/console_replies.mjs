// Somebody writes a reply once, and from then on takes it by keys alone; the history has
// it, and brings back what it said before.

import { stage, assert } from "./stage.mjs";
import { seen, signIn } from "./console.mjs";

export default stage(async (on) => {
  const { page, env } = on;
  await signIn(page, env);
  await page.getByRole("link", { name: "Saved replies" }).click();
  const add = page.locator("section", { has: page.getByRole("heading", { name: "Add a reply" }) });
  await add.getByLabel("Text").fill("Our workshop is at 12 Mill Road.");
  await add.getByLabel("Name").fill("Opening address");
  await page.keyboard.press("Enter");
  const made = page.getByRole("region", { name: "Opening address" });
  await made.waitFor();
  await seen(on, "console-replies");
  await made.getByLabel("Text").fill("Our workshop is at 14 Mill Road.");
  await made.getByRole("button", { name: /^Save/ }).click();
  await made.getByText(/Saved \d\d:\d\d/).waitFor();

  await page.getByRole("link", { name: /^Tickets/ }).first().click();
  await page.locator(".inbox a").first().click();
  await page.getByRole("list", { name: "Conversation" }).waitFor();
  await page.waitForLoadState();
  await page.evaluate(() => document.activeElement.blur());
  await page.keyboard.press("/");
  await page.keyboard.type("open");
  await page.getByRole("option", { name: /Opening address/ }).waitFor();
  await on.axe(page);
  await on.shot("console-replies-chosen");
  await page.keyboard.press("Enter");
  const box = page.locator("#compose textarea");
  assert.equal(await box.inputValue(), "Our workshop is at 14 Mill Road.");
  await box.fill("");

  await page.getByRole("link", { name: "History" }).click();
  const newest = page.locator("main ol > li").first();
  await newest.getByText("12 Mill Road").waitFor();
  await seen(on, "console-history");
  await newest.getByRole("button", { name: "Restore the earlier version" }).press("Enter");
  await page.getByText("Restored. This counts as a change too").waitFor();
  await page.getByRole("link", { name: "Saved replies" }).click();
  assert.equal(await made.getByLabel("Text").inputValue(), "Our workshop is at 12 Mill Road.");
  await made.getByRole("button", { name: /^Delete/ }).click();
  await page.getByRole("button", { name: "Yes, remove it" }).press("Enter");
  await page.getByRole("heading", { name: "Add a reply" }).waitFor();
  assert.equal(await made.count(), 0);
});
