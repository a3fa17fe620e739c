// Somebody whom the company's site has signed in is known, on the next page and
// the next device; who signs out leaves nothing behind; a token that does not
// hold lets nobody in, and what was typed is kept.

import { stage, assert } from "./stage.mjs";

export default stage(async ({ page, env, axe, open, allow, shot }) => {
  allow(/403/); // the forged token
  allow(/422/); // the file that lies
  const at = (token) => env.SITE + (token ? `?identity=${token}` : "");
  const chatOf = async (of) => {
    await of.getByRole("button", { name: /^Open chat/ }).click();
    return of.getByRole("dialog");
  };
  const write = async (chat, text) => {
    const box = chat.getByRole("textbox", { name: "Message" });
    await box.fill(text);
    await box.press("Enter");
  };

  await page.goto(at(env.FIRST));
  const chat = await chatOf(page);
  await write(chat, "It is me");
  await chat.getByText("Automatic answer").waitFor();
  await axe(page);

  const dot = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
  await chat.locator("input[type=file]").setInputFiles({ name: "leak.png", mimeType: "image/png", buffer: Buffer.from(dot, "base64") });
  await chat.getByRole("link", { name: "leak.png" }).waitFor();
  await chat.locator("input[type=file]").setInputFiles({ name: "photo.jpg", mimeType: "image/jpeg", buffer: Buffer.from("<script>alert(1)</script>") });
  await chat.getByRole("alert").getByText("this is none of them").waitFor();
  await axe(page);
  await shot("chat-file");

  const other = await open(); // another device, another token
  await other.goto(at(env.SECOND));
  await (await chatOf(other)).getByText("It is me").waitFor();

  await page.keyboard.press("Escape");
  await page.goto(at()); // signed out
  const stranger = await chatOf(page);
  await stranger.getByRole("textbox", { name: "Message" }).waitFor();
  assert.equal(await stranger.getByText("It is me").count(), 0);
  await write(stranger, "Nobody you know");
  await stranger.getByText("Automatic answer").waitFor();

  const forger = await open();
  await forger.goto(at(env.FORGED));
  const refused = await chatOf(forger);
  await refused.getByRole("alert").getByText("You could not be recognized").waitFor();
  await write(refused, "Let me in");
  await refused.getByText("This could not be sent").waitFor();
  assert.equal(await refused.getByRole("textbox", { name: "Message" }).inputValue(), "Let me in");
  await axe(forger);
});
