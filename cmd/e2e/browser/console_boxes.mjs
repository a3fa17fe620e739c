// What a new conversation's text costs is said as one types and chooses a channel, and
// on a phone the bar of what is not saved covers no field that one goes to by keyboard.

import { stage, assert } from "./stage.mjs";
import { signIn } from "./console.mjs";

export default stage(async ({ page, env, axe, fits }) => {
  await signIn(page, env);
  await page.getByRole("link", { name: "New conversation" }).click();
  await page.waitForLoadState(); // what a script does needs the script
  await page.getByLabel("Message", { exact: true }).pressSequentially("“Zażółć” is ready");
  const cost = page.locator("#compose-cost");
  await cost.getByText('17 characters · 1 segment').waitFor();
  await cost.getByText('"Zazolc" is ready').waitFor();
  await page.getByLabel("WhatsApp", { exact: true }).check();
  await cost.getByText(/^17 characters$/).waitFor();
  await page.getByLabel("SMS", { exact: true }).check();
  await cost.getByText("1 segment").waitFor();
  await axe(page);

  await page.setViewportSize({ width: 390, height: 700 });
  await fits(page);
  await page.goto(page.url().replace("/conversations/new", "/team"));
  await page.waitForLoadState();
  await page.locator("input[name=display_name]").fill("Service desk");
  const bar = page.locator(".save-bar");
  await bar.waitFor();
  for (let n = 0; n < 60; n++) {
    await page.keyboard.press("Tab");
    const covered = await page.evaluate(() => {
      const at = document.activeElement, bar = document.querySelector(".save-bar");
      if (!at || at === document.body || bar.contains(at)) return "";
      const field = at.getBoundingClientRect(), over = bar.getBoundingClientRect();
      return field.height < 300 && field.bottom > over.top && field.top < over.bottom ? at.name || at.textContent : "";
    });
    assert.equal(covered, "", "the bar covers it");
  }
});
