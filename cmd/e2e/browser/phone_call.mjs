// A customer calls on a Tuesday: gives up while it rings and gets a text; then
// somebody answers; then nobody does, and they leave a voicemail, from whose ticket
// they are called back.

import { stage, assert } from "./stage.mjs";
import { signIn } from "./console.mjs";

export default stage(async ({ page, env, axe, fits, shot, phone, open }) => {
  await page.goto(env.URL + "/phone");
  await page.getByRole("button", { name: "Tuesday 10:00" }).click();
  await page.getByText("another time").waitFor();
  await page.getByRole("button", { name: "Calls" }).click();
  await page.getByText("No call yet.").waitFor();
  await axe(page);

  const course = page.getByRole("log", { name: "What is heard" });
  const advisors = page.getByRole("region", { name: "The advisors’ phones" });
  const story = page.getByRole("region", { name: "What the gateway did" });
  const call = page.getByRole("button", { name: "Call", exact: true });
  const hangUp = page.getByRole("button", { name: "Hang up", exact: true });
  const choose = async (key) => {
    await call.click();
    await hangUp.waitFor(); // from here on the course is this call’s
    await course.getByText("1: a service advisor").waitFor();
    await page.keyboard.press(key);
    await course.getByText(`You press ${key}`).waitFor();
  };

  await choose("1");
  await course.getByText("Maria Lopez’s phone rings").waitFor();
  await story.getByText("The phones of Maria Lopez ring").waitFor(); // while the call goes on
  await story.getByText("The call goes on").waitFor();
  await advisors.getByRole("button", { name: "Decline" }).waitFor();
  await axe(page);
  await shot("phone-call");
  const small = await phone({ dark: true });
  await small.goto(page.url());
  await small.getByRole("button", { name: "Decline" }).waitFor();
  await fits(small);
  await axe(small);
  await shot("phone-call-narrow-dark", small);
  await hangUp.click();
  await page.getByText("Called, and hung up while it rang.").waitFor();
  await page.getByText("The text that comes:").waitFor();
  await story.getByText("Sent “Customer hangs up”").waitFor();
  await story.getByText("Delivered to the phone").first().waitFor();
  await axe(page);
  await shot("phone-call-text");

  await choose("1");
  await advisors.getByRole("button", { name: "Answer, press 1" }).click();
  await course.getByText("Maria Lopez picks up and hears").waitFor();
  await course.getByText("You talk with Maria Lopez").waitFor();
  await advisors.getByRole("button", { name: "Hang up as Maria Lopez" }).click();
  await call.waitFor();

  await choose("3");
  await course.getByText("The tone: what you say is recorded").waitFor();
  await axe(page);
  await shot("phone-call-voicemail");
  await page.getByRole("button", { name: "20 s" }).click();
  await course.getByText("You speak").waitFor();
  await hangUp.click();
  await page.getByText("Called, and left a voicemail.").waitFor();
  await axe(page);
  await page.getByRole("button", { name: "Messages" }).click();
  const conversation = page.getByRole("log", { name: "The conversation" });
  await conversation.getByText("Called, and left a voicemail").waitFor();
  await conversation.getByText("Called, and was answered").waitFor();

  const desk = await open();
  await signIn(desk, env);
  await desk.goto(desk.url().split("?")[0] + "?view=all&kind=voicemail");
  await desk.getByRole("link", { name: /Ann Kowalski/ }).first().click();
  await desk.getByText("Left a voicemail").waitFor();
  await desk.getByText(/^\d:\d\d$/).waitFor(); // its length
  await desk.getByRole("link", { name: "Reply by SMS" }).click();
  assert.equal(await desk.evaluate(() => document.activeElement.id), "text");
  await axe(desk);
  await shot("console-voicemail", desk);
  for (const dark of [false, true]) {
    const other = await open({ width: dark ? 1280 : 390, dark, storageState: await desk.context().storageState() });
    await other.goto(desk.url());
    await other.getByText("Left a voicemail").waitFor();
    await axe(other);
    await fits(other);
    await shot(`console-voicemail-${dark ? "dark" : "390"}`, other);
    await other.context().close();
  }
  await desk.getByRole("button", { name: "Call back" }).first().click();
  await desk.getByText("Calling back · Maria Lopez").waitFor();

  await page.getByRole("button", { name: "Calls" }).click();
  await page.getByText("The team calls back").waitFor();
  await advisors.getByText("Maria Lopez").waitFor();
  await advisors.getByRole("button", { name: "Answer, press 1" }).click();
  await advisors.getByText("Ann Kowalski").waitFor();
  await axe(page);
  await shot("phone-call-back");
  await advisors.getByRole("button", { name: "Answer, press 1" }).click();
  await course.getByText("You talk with Maria Lopez").waitFor();
  await advisors.getByRole("button", { name: "Hang up as Maria Lopez" }).click();
  await desk.getByText("Called back: you spoke").waitFor();
});
