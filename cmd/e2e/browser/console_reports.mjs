// The office manager looks at how last month went, by keys alone: what a figure counts,
// the numbers beneath the charts, and the same as a file.

import { stage, assert } from "./stage.mjs";
import { downloaded, seen, signIn } from "./console.mjs";

export default stage(async (on) => {
  const { page, env } = on;
  await signIn(page, env);
  await page.getByRole("link", { name: "Reports" }).click();
  const preset = page.getByRole("link", { name: "Last month" });
  await preset.focus();
  await page.keyboard.press("Enter");
  await page.waitForURL(/from=/);
  assert.equal(await preset.getAttribute("aria-current"), "true");

  await page.getByLabel("From").fill("2026-02-02");
  await page.getByLabel("To", { exact: true }).fill("2026-02-15");
  await page.getByLabel("Count by").selectOption({ label: "Week" });
  await page.getByRole("button", { name: "Show" }).press("Enter");
  await page.waitForURL(/from=2026-02-02/);
  const table = page.getByRole("heading", { name: "In numbers" }).locator("xpath=following::table[1]");
  assert.equal(await table.locator("tbody tr").count(), 2, "two weeks");

  const about = page.locator(".figure", { hasText: "Recovered" }).locator("summary");
  await about.focus();
  await page.keyboard.press("Enter");
  await page.locator(".figure", { hasText: "Recovered" }).getByText(/within a day/).waitFor();
  await seen(on, "console-reports-weeks");

  // A phone leads with the totals; the rows of a month are folded, and there.
  const small = await on.phone({ width: 390, height: 844 });
  await small.goto(env.URL + new URL(page.url()).pathname + "?from=2026-01-01&to=2026-01-31&by=day");
  const tall = await small.evaluate(() => document.documentElement.scrollHeight);
  assert.ok(tall <= 4000, `${tall} px`);
  const row = small.getByRole("cell", { name: "0" }).first();
  assert.equal(await row.isVisible(), false);
  await small.getByText("Row by row").first().click();
  await row.waitFor();
  await on.axe(small);
  await on.fits(small);
  await small.context().close();
  assert.equal(await page.getByText("Row by row").first().isVisible(), false, "a wide page has nothing to unfold");
  assert.equal(await table.isVisible(), true);

  const file = await downloaded(page, page.getByRole("link", { name: "Download (CSV)" }));
  assert.equal(file.trim().split("\n").filter((line) => line.startsWith("2026-02-")).length, 2, file);

  await page.getByLabel("From").fill("2026-03-01"); // after its end
  on.allow(/422/);
  await page.getByRole("button", { name: "Show" }).click();
  await page.locator(".fault:not(:empty)").first().waitFor();
  await on.axe(page);
});
