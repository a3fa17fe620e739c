// An advisor finds a conversation, replies by keyboard, notes something, plans a
// message, takes the ticket over and closes it, and begins a conversation; and finds
// out why somebody got no text.

import { stage, assert } from "./stage.mjs";
import { signIn } from "./console.mjs";

export default stage(async ({ page, env, axe, shot, phone, fits, open, allow }) => {
  allow(/Applying inline style/); // axe leaves empty styles behind, which htmx copies to what takes their place
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

  assert.match(await page.title(), /^\(1\) Ann Kowalski #\d+ · /);

  // By keyboard alone: written, weighed, sent with Ctrl+Enter, and the box is ready for the next.
  const box = page.getByRole("textbox", { name: "Message" });
  await box.focus();
  await page.keyboard.type("We look at it – tomorrow.");
  await page.getByText("As an SMS:").waitFor();
  await page.getByText("1 segment").waitFor();
  await page.keyboard.press("Control+Enter");
  await story.getByText("We look at it - tomorrow.").waitFor();
  await story.getByText("Delivered").last().waitFor(); // the page follows by itself
  assert.equal(await box.inputValue(), "");
  assert.equal(await page.evaluate(() => document.activeElement.id), "text");
  await story.getByText(/Assigned: /).first().waitFor(); // who answers what is nobody's has it
  await page.locator("#assignee option:checked", { hasText: "Maria Lopez" }).waitFor({ state: "attached" }); // and says so beside it, or the next press would take it away

  // A note is for the team alone, and what is refused stays in the box.
  await page.getByRole("radio", { name: "Note for the team" }).check();
  await box.fill("He has the old model.");
  await page.getByRole("button", { name: "Send", exact: true }).click();
  await story.getByText("Note, for the team alone").waitFor();
  await page.getByRole("radio", { name: /^Reply/ }).check();

  // A file shows how far it is while it is on its way.
  const far = page.getByRole("progressbar", { name: "Sent so far" });
  let letGo;
  const held = new Promise((go) => { letGo = go; });
  await page.route("**/messages", async (route) => { await held; await route.continue(); });
  await page.locator("#compose [name=files]").setInputFiles({ name: "mower.png", mimeType: "image/png", buffer: Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==", "base64") });
  await page.getByRole("button", { name: "Send", exact: true }).click();
  await far.waitFor();
  await axe(page);
  await shot("console-ticket-far");
  letGo();
  await far.waitFor({ state: "hidden" });
  await page.unroute("**/messages");

  // Saved replies: added on their page, found by a slash.
  const ticket = page.url().split("#")[0];
  await page.getByRole("link", { name: "Saved replies" }).click();
  await page.getByLabel("Name").fill("hours");
  await page.getByLabel("Text").fill("We open at eight.");
  await page.getByRole("button", { name: "Add a reply" }).click();
  await page.getByRole("heading", { name: "hours" }).waitFor();
  await axe(page);
  await shot("console-replies");
  await page.goto(ticket);
  await box.focus();
  await page.keyboard.type("Hello! /ho");
  await page.getByRole("option", { name: /hours/ }).waitFor();
  await axe(page);
  await shot("console-ticket-saved");
  await page.keyboard.press("Enter");
  assert.equal(await box.inputValue(), "Hello! We open at eight.");

  // Later, and taken back.
  await page.getByText("Send later").click();
  await page.getByLabel(/^When, in the team/).fill("2020-01-01T08:00");
  allow(/422/);
  await page.getByRole("button", { name: "Send", exact: true }).click();
  await page.getByRole("alert").getByText("must be later than now").waitFor();
  assert.equal(await box.inputValue(), "Hello! We open at eight.");
  await page.getByLabel(/^When, in the team/).fill(new Date(Date.now() + 100 * 24 * 3600_000).toISOString().slice(0, 16));
  await page.getByRole("button", { name: "Send", exact: true }).click();
  await story.getByText(/^Will be sent/).waitFor();
  await axe(page);
  await shot("console-ticket-later");
  for (const dark of [false, true]) {
    const other = await phone({ width: 390, height: 800, dark });
    await other.goto(ticket);
    await other.getByText(/^Will be sent/).waitFor();
    await axe(other);
    await fits(other);
    await shot(`console-ticket-390${dark ? "-dark" : ""}`, other);
    await other.context().close();
  }
  const night = await open({ dark: true, storageState: await page.context().storageState() });
  await night.goto(ticket);
  await night.getByText(/^Will be sent/).waitFor();
  await axe(night);
  await shot("console-ticket-dark", night);
  await night.context().close();
  await page.getByRole("button", { name: "Do not send" }).click();
  await page.getByRole("heading", { name: "Not send this message?" }).waitFor();
  await axe(page);
  await page.getByRole("button", { name: "Do not send it" }).click();
  await story.getByText(/^Canceled before sending/).waitFor();

  await page.getByRole("button", { name: "Block", exact: true }).click();
  await page.getByRole("button", { name: "Unblock" }).click();
  await page.getByRole("button", { name: "Block", exact: true }).waitFor();

  await page.getByLabel("Assigned to").selectOption({ label: "Maria Lopez" });
  await page.getByRole("button", { name: "Assign" }).click();
  await story.getByText("Assigned: Maria Lopez").first().waitFor();
  await page.getByRole("link", { name: "Close", exact: true }).click();
  await page.getByText("The customer gets:").waitFor();
  await axe(page);
  await shot("console-ticket-ending");
  await page.getByRole("button", { name: "Close silently" }).click();
  await story.getByText(/Ticket closed/).waitFor();
  await page.getByRole("button", { name: "Reopen" }).waitFor();

  // Somebody who never wrote.
  await page.getByRole("link", { name: "Tickets", exact: true }).first().click();
  await page.getByRole("link", { name: "New conversation" }).click();
  await axe(page);
  await shot("console-conversation");
  await page.getByLabel("Phone number").fill("+1202");
  await page.getByLabel("Message").fill("Your mower is ready.");
  await page.getByRole("button", { name: "Send" }).click();
  await page.getByText(/must be a phone number/i).waitFor();
  await page.getByLabel("Phone number").fill("(312) 555-0188");
  await page.getByLabel("Name (optional)").fill("Dana Fox");
  await page.getByRole("button", { name: "Send" }).click();
  await page.getByRole("heading", { name: /Dana Fox/ }).waitFor();
  await story.getByText(/Conversation begun/).waitFor();
  await story.getByText("Your mower is ready.").waitFor();

  await page.getByRole("link", { name: "Decisions" }).click();
  await page.getByLabel("Phone number").fill("+13125550149");
  await page.getByRole("button", { name: "Find" }).click();
  await page.locator("tbody").getByText("They said STOP, so they get no automatic messages.").first().waitFor();
  assert.equal(await page.locator("tbody tr").count(), 2);
  await page.locator("tbody tr a").first().click();
  await page.getByText("Are you there?").waitFor();
  await axe(page);
});
