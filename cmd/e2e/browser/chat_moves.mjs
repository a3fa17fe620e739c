// The chat on a page of another origin, in front of two replicas: one goes and
// comes back, then both are gone for a while; what is said meanwhile comes once
// and in order, and a visitor whom the gateway forgot can still send a file.

import { stage, assert } from "./stage.mjs";
import { advisor } from "./chat.mjs";

export default stage(async ({ page, env, axe, allow }) => {
  allow(/401|ERR_/); // the gateway forgot somebody; nobody answers
  const staff = advisor(env);
  const replicas = async (doing) => assert.ok((await fetch(`${env.CONTROL}/${doing}`, { method: "POST" })).ok, doing);
  await page.goto(env.PAGE);
  assert.notEqual(new URL(env.PAGE).origin, new URL(env.FRONT).origin, "the site is of another origin");
  await page.getByRole("button", { name: "Open chat" }).click();
  const chat = page.getByRole("dialog");
  const log = chat.getByRole("log");
  const box = chat.getByRole("textbox", { name: "Your message" });
  const write = async (text) => {
    await box.fill(text);
    await box.press("Enter");
  };
  await write("One");
  await log.getByText("Automatic answer").waitFor();
  const ticket = await staff.ticket();

  await replicas("restart-first"); // the stream may have been its, or the other's
  await staff.say(ticket, "Two");
  await log.getByText("Two").waitFor();
  await replicas("restart-second");
  await staff.say(ticket, "Three");
  await log.getByText("Three").waitFor();

  await replicas("stop"); // nobody is there
  await write("Four");
  await log.getByText("Sending").waitFor({ state: "attached" });
  await chat.getByText("No connection").waitFor();
  await axe(page);
  await page.reload().catch(() => {}); // the script cannot be loaded either
  await replicas("start");
  await staff.say(ticket, "Five");
  await page.reload();
  await log.getByText("Five").waitFor();
  await log.getByText("Four").waitFor();
  await log.getByText("Sending").waitFor({ state: "detached" });
  await staff.heard(ticket, "Four");
  // The history came later than the thanks for what had waited: it stands in order all the same.
  const order = (await log.locator(".said p").allInnerTexts()).map((text) => text.replace(/^You:\s*/, ""));
  const said = order.filter((text) => ["One", "Two", "Three", "Four", "Five"].includes(text));
  const { said: kept } = await (await fetch(`${env.CONTROL}/said`)).json();
  assert.deepEqual([...said].sort(), ["Five", "Four", "One", "Three", "Two"], "each once");
  assert.deepEqual(said, kept, "in order");

  await page.evaluate(() => {
    const name = Object.keys(localStorage).find((one) => one.endsWith("/token"));
    localStorage.setItem(name, JSON.stringify("a token that nobody gave out"));
  });
  const dot = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
  await chat.locator("input[type=file]").setInputFiles({ name: "leak.png", mimeType: "image/png", buffer: Buffer.from(dot, "base64") });
  await chat.getByRole("link", { name: "leak.png" }).waitFor();
  assert.equal(await chat.getByText("Three").count(), 0, "whoever that was, it is not theirs any more");
});
