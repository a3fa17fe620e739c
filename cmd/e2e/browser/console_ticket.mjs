// An advisor finds a conversation, replies, takes it over and closes it; and
// finds out why somebody got no text.

import { stage, assert } from "./stage.mjs";
import { signIn } from "./console.mjs";

await stage(async ({ page, env, axe, shot, phone, fits }) => {
  await signIn(page, env);
  await page.getByRole("link", { name: /Ann Kowalski/ }).click();
  const story = page.getByRole("list", { name: "Conversation" });
  await story.getByText("My mower does not start <script>alert(1)</script>").waitFor();
  await axe(page);
  await shot("console-ticket");
  const small = await phone();
  await small.goto(page.url());
  await small.getByText("My mower does not start").waitFor();
  await axe(small);
  await fits(small);

  await page.getByLabel("Reply").fill("We look at it tomorrow.");
  await page.getByRole("button", { name: "Send", exact: true }).click();
  await story.getByText("We look at it tomorrow.").waitFor();
  await story.getByText("Delivered").last().waitFor(); // the page follows by itself
  await page.getByLabel("Assigned to").selectOption({ label: "Maria Lopez" });
  await page.getByRole("button", { name: "Assign" }).click();
  await story.getByText(/Assigned/).waitFor();
  await page.getByRole("button", { name: "Close" }).click();
  await story.getByText(/Ticket closed/).waitFor();
  await page.getByRole("button", { name: "Reopen" }).waitFor();

  await page.getByRole("link", { name: "Decisions" }).click();
  await page.getByLabel("Phone number").fill("+13125550149");
  await page.getByRole("button", { name: "Find" }).click();
  await page.getByText("They said STOP, so they get no automatic messages.").first().waitFor();
  assert.equal(await page.locator("tbody tr").count(), 2);
  await page.locator("tbody tr a").first().click();
  await page.getByText("Are you there?").waitFor();
  await axe(page);
});
