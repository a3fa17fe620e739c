// An advisor looks through what is to do, puts some of it off, sorts it by a
// label, finds somebody by a name that is misspelled, and closes several at once.

import { stage, assert } from "./stage.mjs";
import { signIn } from "./console.mjs";

export default stage(async ({ page, env, axe, shot, phone, open, fits }) => {
  await signIn(page, env);
  await page.getByRole("link", { name: /Ann Kowalski/ }).waitFor();
  await axe(page);
  await shot("console-tickets");
  // By keys alone: what they are, down the list, into a ticket.
  await page.locator("body").press("?");
  const keys = page.getByRole("dialog", { name: "Keyboard shortcuts" });
  await keys.getByText("Open the ticket").waitFor();
  await axe(page);
  await shot("console-keys");
  await page.keyboard.press("Escape");
  await keys.waitFor({ state: "hidden" });
  await page.evaluate(() => document.activeElement.blur());
  await page.keyboard.press("j");
  assert.match(await page.evaluate(() => document.activeElement.id), /^ticket-/);
  await page.keyboard.press("/");
  assert.equal(await page.evaluate(() => document.activeElement.type), "search");
  await page.keyboard.type("j?"); // which are letters here
  assert.equal(await page.evaluate(() => document.activeElement.value), "j?");
  await page.reload();
  await page.getByRole("link", { name: /Ann Kowalski/ }).waitFor();
  const small = await phone();
  await small.goto(page.url());
  await small.getByRole("link", { name: /Ann Kowalski/ }).waitFor();
  await axe(small);
  await fits(small);

  await page.getByRole("link", { name: "Labels" }).click();
  await page.getByLabel("New label").fill("Warranty");
  await page.getByRole("button", { name: "Add" }).click();
  await page.getByRole("link", { name: "Warranty" }).waitFor();
  await axe(page);
  await page.getByRole("link", { name: "Tickets", exact: true }).last().click();

  await page.getByRole("link", { name: "Waiting for us" }).click();
  await page.getByText(/waiting \d+ min/).first().waitFor();
  await axe(page);
  await page.getByRole("link", { name: /Ann Kowalski/ }).click();
  await page.getByLabel("Add a label").selectOption({ label: "Warranty" });
  await page.getByRole("button", { name: "Add" }).click();
  await page.getByRole("button", { name: "Remove Warranty" }).waitFor();
  await page.getByLabel("Snooze until").selectOption({ label: "Tomorrow at 9:00" });
  await page.getByRole("button", { name: "Snooze" }).click();
  await page.getByRole("button", { name: "Bring back now" }).waitFor();
  await axe(page);
  const state = await page.context().storageState();
  for (const cookie of state.cookies) cookie.expires = -1; // however long the looking takes
  for (const dark of [false, true]) {
    for (const width of [320, 390, 1280]) {
      const other = await open({ width, height: 800, dark, storageState: state });
      await other.goto(page.url());
      await other.getByRole("button", { name: "Undo" }).hover(); // so that it stays
      await axe(other);
      await fits(other);
      await shot(`console-undo-${width}${dark ? "-dark" : ""}`, other);
      await other.context().close();
    }
  }
  // By keys alone: the next Tab is at the notice, which stays while it is looked at.
  const keyed = await open({ storageState: state });
  await keyed.clock.install();
  await keyed.goto(page.url());
  const undo = keyed.getByRole("button", { name: "Undo" });
  await undo.waitFor();
  await keyed.keyboard.press("Tab");
  assert.equal(await keyed.evaluate(() => document.activeElement.textContent), "Undo");
  await keyed.clock.fastForward(11_000);
  assert.ok(await undo.isVisible(), "not while it has the focus");
  await keyed.keyboard.press("Enter");
  await keyed.getByText("1 ticket was set back.").waitFor();
  await axe(keyed);
  await keyed.getByLabel("Snooze until").selectOption({ label: "Tomorrow at 9:00" });
  await keyed.getByRole("button", { name: "Snooze" }).click();
  await undo.hover();
  await keyed.clock.fastForward(11_000);
  assert.ok(await undo.isVisible(), "not below the pointer");
  await keyed.mouse.move(0, 0);
  await keyed.clock.fastForward(11_000);
  await undo.waitFor({ state: "detached" });
  await keyed.context().close();
  await shot("console-ticket-sorted");
  await page.getByRole("button", { name: "Bring back now" }).click();
  await page.getByLabel("Snooze until").waitFor();

  await page.getByRole("link", { name: "Tickets", exact: true }).last().click();
  await page.locator("body").press("/");
  await page.keyboard.type("kowalsky");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Customers" }).waitFor();
  await axe(page);
  await shot("console-search");
  await small.goto(page.url());
  await axe(small);
  await fits(small);
  await page.locator("#q").fill("mower");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Messages" }).waitFor();
  await page.getByRole("link", { name: /Ann Kowalski/ }).first().click();
  await page.getByRole("list", { name: "Conversation" }).waitFor();

  await page.getByRole("link", { name: "Tickets", exact: true }).last().click();
  assert.equal(await page.getByRole("button", { name: "Close as not resolved" }).isVisible(), false);
  await page.getByLabel("Select all on this page").check();
  await page.getByRole("button", { name: "Close as not resolved" }).waitFor();
  await axe(page);
  await shot("console-tickets-chosen");
  await page.getByLabel("Assigned to").selectOption({ label: "Maria Lopez" });
  await page.getByRole("button", { name: "Assign", exact: true }).click();
  await page.getByText(/tickets? changed\./).waitFor();
  // Without a script the notice stays, and its button is a plain form.
  const plain = await open({ width: 390, height: 800, javaScriptEnabled: false, storageState: await page.context().storageState() });
  await plain.goto(page.url());
  await shot("console-undo-plain", plain);
  await plain.getByRole("button", { name: "Undo" }).click();
  await plain.getByText(/tickets? (was|were) set back\./).waitFor();
});
