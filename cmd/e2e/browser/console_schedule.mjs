// A ring schedule is made, changed and put out of use, and the page says each time what
// is in effect; the team has its tickets handed out in turn.

import { stage, assert } from "./stage.mjs";
import { seen, signIn } from "./console.mjs";

export default stage(async (on) => {
  const { page, env } = on;
  await signIn(page, env);
  await page.getByRole("link", { name: "Ring schedules" }).click();
  await page.getByRole("link", { name: "Add a schedule" }).click();
  await page.waitForLoadState();
  await page.getByLabel("Every day").check();
  await page.getByLabel("Begins", { exact: true }).fill("00:00");
  await page.getByLabel("Ends", { exact: true }).fill("00:00"); // of the next day
  await page.getByLabel("First day").fill("2026-01-01");
  await page.getByLabel("Name", { exact: true }).fill("Round the clock");
  await page.keyboard.press("Enter");
  await page.getByText(/Right now: open.*because “Round the clock” is in effect/).waitFor();
  await seen(on, "console-schedule-made");

  await page.getByRole("link", { name: "Round the clock" }).press("Enter");
  await page.getByRole("radio", { name: /^No\b/ }).check();
  await page.getByRole("button", { name: "Save" }).press("Enter");
  await page.getByText(/Right now: closed, because “Round the clock” is in effect/).waitFor();
  const dot = await page.locator(".right-now .dot").evaluate((d) => getComputedStyle(d).backgroundColor);
  assert.equal(dot, "rgba(0, 0, 0, 0)", "who is closed has no filled dot");
  await page.getByRole("switch", { name: /Round the clock/ }).press("Enter");
  await page.locator("li.schedule.off", { hasText: "Round the clock" }).waitFor();
  assert.equal(await page.getByText("because “Round the clock” is in effect").count(), 0);

  await page.getByRole("link", { name: "Team", exact: true }).click();
  await page.waitForLoadState();
  const turn = page.getByRole("switch", { name: "Give new tickets to advisors in turn" });
  await turn.press("Space");
  await page.getByRole("region", { name: "Changes that are not saved" }).getByRole("button", { name: "Save" }).press("Enter");
  await page.getByText(/Saved \d\d:\d\d/).waitFor();
  assert.ok(await turn.isChecked());
  await seen(on, "console-team-turn");
});
