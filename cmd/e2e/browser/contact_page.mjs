// A customer finds the team after hours, leaves a message without any script,
// gets the number wrong first, and reads the page in their language.

import { stage, assert } from "./stage.mjs";

export default stage(async ({ page, env, open, axe, fits, shot, allow }) => {
  allow(/422/); // what is refused is answered so
  await page.goto(env.URL);
  await page.getByRole("heading", { name: "Service", level: 1 }).waitFor();
  assert.equal(await page.getByRole("link", { name: /^Call us/ }).getAttribute("href"), "tel:+13125550100");
  assert.equal(await page.getByRole("link", { name: /^Text us/ }).getAttribute("href"), "sms:+13125550100");
  await axe(page);
  await fits(page);

  const form = page.getByRole("main"); // the chat beside it has a form, too
  await form.getByLabel("Your name").fill("Dana <b>Reyes</b>");
  await form.getByLabel("Your mobile number").fill("12");
  await form.getByLabel("What can we do for you?").fill("My mower leaks");
  await form.getByRole("button", { name: "Send message" }).click();
  await page.getByText("Enter a phone number that we can reach").waitFor();
  assert.equal(await form.getByLabel("What can we do for you?").inputValue(), "My mower leaks");
  await axe(page);
  await form.getByLabel("Your mobile number").fill("(312) 555-0177");
  await form.getByRole("button", { name: "Send message" }).click();
  await page.getByText("We have your message").waitFor();
  await axe(page);
  await shot("contact-sent");

  const phone = await open({ width: 320, height: 640, dark: true, locale: "pl-PL", javaScriptEnabled: false });
  await phone.goto(env.URL);
  await phone.getByRole("link", { name: /Zadzwoń/ }).waitFor();
  await phone.getByRole("link", { name: "Deutsch" }).click();
  await phone.getByRole("button", { name: "Nachricht senden" }).waitFor();
  await shot("contact-phone", phone);
}, { width: 390 });
