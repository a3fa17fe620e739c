// The office manager adds a customer, is told what is wrong, and records that
// somebody wants no more texts; and reads what happened with another, all of it in
// one place.

import { stage, assert } from "./stage.mjs";
import { signIn } from "./console.mjs";

export default stage(async ({ page, env, axe, allow, shot, phone, fits, open }) => {
  allow(/422/); // what is refused is answered so
  await signIn(page, env);
  await page.getByRole("link", { name: "Contacts" }).click();
  await page.waitForLoadState(); // the dialog opens by a script
  await page.getByRole("button", { name: "Add a contact" }).click();
  const form = page.getByRole("dialog");
  await form.getByLabel("Name").fill("Dana Reyes");
  await form.getByLabel("Phone number").fill("12345");
  await form.getByRole("button", { name: "Add a contact" }).click();
  await form.getByText(/must be a phone number/i).waitFor();
  assert.equal(await form.getByLabel("Name").inputValue(), "Dana Reyes");
  await axe(page);
  await form.getByLabel("Phone number").fill("+13125550177");
  await form.getByRole("button", { name: "Add a contact" }).click();

  await page.getByRole("heading", { name: "Dana Reyes" }).waitFor();
  await page.getByRole("switch", { name: /Opted out/ }).check();
  await page.getByLabel("What they said").fill("Please no more texts");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText(/Saved \d\d:\d\d/).waitFor();
  const story = page.getByRole("list", { name: "What happened" });
  await story.getByText(/Opted out: .*Please no more texts.* · Recorded by staff/).waitFor();
  await axe(page);

  await page.getByRole("link", { name: /^Tickets/ }).first().click();
  await page.getByRole("link", { name: "New conversation" }).click();
  await page.getByLabel("Phone number").fill("+13125550142");
  await page.getByLabel("Message").fill("It is ready.");
  await page.getByRole("button", { name: "Send" }).click();
  await page.getByRole("heading", { name: /Ann Kowalski/ }).waitFor();
  await page.getByRole("link", { name: "Open the contact" }).click();
  await story.getByText("It is ready.").waitFor();
  await story.getByText("My mower does not start <script>alert(1)</script>").waitFor();
  await story.getByText(/^Automatic: /).first().waitFor();
  await story.getByText("Ticket opened").first().waitFor();
  await page.getByText("Open tickets:").waitFor();
  await axe(page);
  await fits(page);
  await shot("console-contact");
  const contact = page.url();
  for (const dark of [false, true]) {
    const other = await phone({ width: 390, height: 800, dark });
    await other.goto(contact);
    await other.getByRole("link", { name: "Details" }).waitFor();
    await axe(other);
    await fits(other);
    await shot(`console-contact-390${dark ? "-dark" : ""}`, other);
    await other.context().close();
  }
  const small = await phone();
  await small.goto(contact);
  await small.getByText("Open tickets:").waitFor();
  await axe(small);
  await fits(small);
  const night = await open({ dark: true, storageState: await page.context().storageState() });
  await night.goto(contact);
  await night.getByText("Open tickets:").waitFor();
  await axe(night);
  await shot("console-contact-dark", night);
  await story.getByRole("link", { name: /^#\d+$/ }).first().click();
  await page.getByRole("list", { name: "Conversation" }).getByText("It is ready.").waitFor();
});
