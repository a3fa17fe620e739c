// A customer writes on a Sunday night, and sees the answer come and why.

import { stage, assert } from "./stage.mjs";

await stage(async ({ page, env, axe, fits, shot, phone }) => {
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

  for (const dark of [false, true]) {
    const small = await phone({ dark });
    await small.goto(page.url());
    await small.getByText("Delivered to the phone").waitFor();
    await axe(small);
    await fits(small);
    await shot(dark ? "phone-narrow-dark" : "phone-narrow", small);
  }
});
