// A holiday is made in two clicks; from then on whoever writes that day is told
// that the team is closed, which trying it out shows.

import { stage, assert } from "./stage.mjs";
import { signIn } from "./console.mjs";

export default stage(async ({ page, env, axe, fits, phone, shot }) => {
  await signIn(page, env);
  await page.getByRole("link", { name: "Ring schedules" }).click();
  await page.getByText(/Right now: (open|closed)/).waitFor();
  await axe(page);
  await shot("schedules");

  const date = page.getByLabel("Closed on");
  const day = new Date((await date.inputValue()) + "T00:00Z"); // tomorrow
  while (day.getUTCDay() !== 3) day.setUTCDate(day.getUTCDate() + 1); // the next Wednesday, an open day
  const wednesday = day.toISOString().slice(0, 10);
  const trying = async () => {
    await page.getByRole("link", { name: "Try it" }).click();
    await page.getByLabel("What they write").or(page.locator("#text")).first().fill("Are you there?");
    await page.locator("#contact").fill("+13125550166");
    await page.locator("#at").fill(wednesday + "T12:00");
    await page.locator("main form button.main").click();
  };
  await trying();
  await page.getByRole("heading", { name: /Customer sends first chat/ }).waitFor();

  await page.getByRole("link", { name: "Ring schedules" }).click();
  await date.fill(wednesday);
  await page.getByRole("button", { name: "Close that day" }).click();
  const made = page.getByRole("link", { name: /^Closed on \d+ \w+ \d{4}$/ });
  await made.waitFor();
  await page.locator(".hours-day", { hasText: "00:00–24:00 closed" }).waitFor();
  await axe(page);
  await trying();
  await page.getByRole("heading", { name: /After-hours texts for customers \(SMS and WhatsApp only\)/ }).waitFor();

  // It has words of its own, and is for every team.
  await page.getByRole("link", { name: "Ring schedules" }).click();
  await made.click();
  await page.getByLabel("After-hours texts for customers (SMS and WhatsApp only)").fill("Happy holidays!");
  await axe(page);
  await shot("holiday");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("own messages").waitFor();
  await trying();
  await page.getByText(/Happy holidays!/).first().waitFor();
  await page.getByRole("link", { name: "Ring schedules" }).click();
  await page.getByRole("link", { name: "Add a holiday" }).click();
  await page.getByLabel("Name").fill("New Year");
  await page.getByRole("radio", { name: "Every team of the company" }).first().check();
  await page.getByLabel("First day").fill("2027-01-01");
  await axe(page);
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("whole company").waitFor();
  await page.getByRole("link", { name: "New Year" }).click();
  await page.getByRole("button", { name: "Delete this holiday" }).click();
  await page.getByRole("heading", { name: "Delete this holiday?" }).waitFor();
  await page.getByText("New Year", { exact: true }).waitFor();
  await axe(page);
  await shot("console-sure");
  await page.getByRole("button", { name: "Yes, remove it" }).click();
  await page.getByText(/Right now:/).waitFor();

  await page.getByRole("link", { name: "Ring schedules" }).click();
  await page.getByRole("link", { name: "Add a schedule" }).click();
  await page.waitForLoadState();
  await page.getByLabel("Every day").check();
  assert.equal(await page.getByLabel("Wednesday").isVisible(), false);
  await page.getByLabel("By a rule").check();
  await page.getByLabel("Rule (RFC 5545 RRULE)").waitFor();
  await axe(page);
  await page.getByRole("link", { name: "Cancel" }).click();
  await made.click();
  await page.getByRole("button", { name: "Delete this holiday" }).click();
  await page.getByRole("button", { name: "Yes, remove it" }).click();
  await page.getByText(/Right now:/).waitFor();
  assert.equal(await made.count(), 0);

  // As a calendar: a day that is pressed begins the form, and the range goes across its days.
  await page.getByRole("link", { name: "Calendar", exact: true }).click();
  await page.goto(page.url() + "?month=2026-12");
  await page.getByRole("link", { name: "23 December 2026: Add a holiday" }).click();
  assert.equal(await page.getByLabel("First day").inputValue(), "2026-12-23");
  await page.getByLabel("Name").fill("Winter break of the workshop");
  await page.getByLabel("Last day").fill("2027-01-03");
  await page.getByRole("button", { name: "Save" }).click();
  await page.goto(page.url().replace(/schedules.*/, "holidays/new?from=2026-12-25"));
  await page.getByLabel("Name").fill("Christmas Day");
  await page.getByRole("radio", { name: "Every team of the company" }).first().check();
  await page.getByRole("button", { name: "Save" }).click();
  const calendar = page.url().replace(/schedules.*/, "holidays");
  for (const [what, query] of [["month", "?month=2026-12"], ["year", "?year=2026"]]) {
    await page.goto(calendar + query);
    await axe(page);
    await fits(page);
    await shot("calendar-" + what);
    const pocket = await phone({ dark: true });
    await pocket.goto(calendar + query);
    await axe(pocket);
    await fits(pocket);
    await shot("calendar-" + what + "-small", pocket);
  }
  await page.goto(calendar.replace("holidays", "schedules"));

  // Closed in one press, from this moment on.
  await page.getByRole("button", { name: "Close", exact: true }).click();
  await page.getByText(/Right now: closed, because of the holiday “Closed until/).waitFor();
  await axe(page);
  await page.locator("#holidays").evaluate((h) => h.scrollIntoView());
  await shot("closed");

  const small = await phone({ dark: true });
  await small.goto(page.url());
  await small.getByText(/Right now:/).waitFor();
  await axe(small);
  await fits(small);
  await small.locator("#holidays").evaluate((h) => h.scrollIntoView());
  await shot("closed-small", small);
});
