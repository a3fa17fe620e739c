// A customer writes on a Sunday night, and sees the answer come and why.

import { stage, assert } from "./stage.mjs";
import { advisor } from "./chat.mjs";

export default stage(async ({ page, context, env, axe, fits, shot, phone, open, allow }) => {
  await page.goto(env.URL + "/phone");
  await axe(page);
  const guides = page.getByRole("region", { name: "Three stories to play" });
  await guides.getByText("A text after closing").click();
  await page.getByRole("button", { name: "Sunday 22:00" }).click();
  await page.getByText("another time").waitFor();
  await page.getByLabel("Your text").fill("Is anybody there?");
  await page.getByRole("button", { name: "Send", exact: true }).click();

  const conversation = page.getByRole("log", { name: "The conversation" });
  await conversation.getByText("Is anybody there?").waitFor();
  await conversation.getByText("Green Valley Equipment").waitFor();
  const story = page.getByRole("region", { name: "What the gateway did" });
  await story.getByText("Sent “After-hours texts for customers (SMS and WhatsApp only)”").waitFor();
  await story.getByText("Delivered to the phone").waitFor();
  assert.equal(await guides.getByRole("listitem").filter({ hasText: /done$/ }).count(), 3); // it has ticked itself off
  await story.getByText("Sent “After-hours texts for customers (SMS and WhatsApp only)”").click();
  await story.getByText("The decision, with the facts it used").waitFor();
  await axe(page);
  await shot("phone");

  // A picture goes along: it stands on the phone, and the gateway has fetched it.
  await page.getByText("Add a picture").click();
  await axe(page);
  await shot("phone-picture-choice");
  await page.getByLabel("Your text").fill("What does this mean?");
  await page.getByRole("button", { name: "Warning light" }).click();
  await conversation.getByAltText("A picture that you sent").waitFor();
  await page.getByText("Add a picture").click();
  await page.getByLabel("A file").setInputFiles({ name: "mower.txt", mimeType: "image/png", buffer: Buffer.from("no picture") });
  allow(/422/);
  await page.getByRole("button", { name: "Send", exact: true }).click();
  await page.getByText("This is no picture that a phone sends.").waitFor();
  await page.getByLabel("A file").setInputFiles({
    name: "mower.gif", mimeType: "image/gif", buffer: Buffer.from("R0lGODlhAQABAIAAAP8AAAAAACH5BAAAAAAALAAAAAABAAEAAAICRAEAOw==", "base64"),
  });
  await page.getByRole("button", { name: "Send", exact: true }).click();
  await conversation.getByAltText("A picture that you sent").nth(1).waitFor();
  await story.getByText("The file was fetched with the account’s credentials").nth(1).waitFor();
  const seen = await page.waitForFunction(() => [...document.querySelectorAll(".picture img")].every((one) => one.naturalWidth > 0));
  assert.ok(await seen.jsonValue());

  // The team answers with a picture, and a link to tap.
  const team = advisor({ API: env.URL, KEY: env.KEY, TEAM: env.TEAM });
  const ticket = await team.ticket();
  const file = await team.upload("Ready.png", await page.evaluate(() => document.querySelector(".ready img").src));
  await team.say(ticket, `It is ready: ${env.URL}/c/${env.TEAM}.`, file);
  await conversation.getByAltText("A picture from the team: Ready.png").waitFor();
  await page.waitForFunction(() => [...document.querySelectorAll(".picture img")].every((one) => one.naturalWidth > 0));
  const [contact] = await Promise.all([context.waitForEvent("page"), conversation.getByRole("link", { name: `${env.URL}/c/` }).click()]);
  await contact.getByRole("heading").first().waitFor();
  await contact.close();
  await axe(page);
  await shot("phone-pictures");
  for (const dark of [false, true])
    for (const width of [390, 1280]) {
      const other = await open({ width, dark });
      await other.goto(page.url());
      await other.getByAltText("A picture from the team: Ready.png").waitFor();
      await axe(other);
      await fits(other);
      await shot(`phone-pictures-${width}${dark ? "-dark" : ""}`, other);
      await other.context().close();
    }

  // The website is on the phone, too, with the team's own chat.
  await page.getByRole("button", { name: "Web chat" }).click();
  const site = page.frameLocator("iframe.site");
  await site.getByRole("button", { name: "Open chat" }).click();
  await site.getByRole("button", { name: "Write in the chat" }).click(); // it is Sunday night
  const box = site.getByRole("textbox", { name: "Your message" });
  await box.fill("Do you fix mowers?");
  await box.press("Enter");
  await story.getByText("A visitor").waitFor();
  await story.getByText("The message came in: written down, acknowledged").waitFor();
  await axe(page);
  await shot("phone-web");
  for (const dark of [false, true])
    for (const width of [390, 1280]) {
      const other = await open({ width, dark });
      await other.goto(page.url());
      await other.frameLocator("iframe.site").getByRole("button", { name: "Open chat" }).waitFor();
      await axe(other);
      await fits(other);
      await shot(`phone-web-${width}${dark ? "-dark" : ""}`, other);
      await other.context().close();
    }
  await page.getByRole("button", { name: "Messages" }).click();
  await conversation.getByAltText("A picture from the team: Ready.png").waitFor();

  for (const dark of [false, true]) {
    const small = await phone({ dark });
    await small.goto(page.url());
    await small.getByText("Delivered to the phone").waitFor();
    await axe(small);
    await fits(small);
    await shot(dark ? "phone-narrow-dark" : "phone-narrow", small);
  }
});
