// The contact page offers the chat once there is a script for it, in the page's
// language, under a policy that lets nothing else run; the gateway may forget a
// visitor, who then begins anew and loses nothing that was not sent.

import { stage, assert } from "./stage.mjs";

export default stage(async ({ page, env, axe, fits, shot, allow }) => {
  allow(/401/); // the gateway forgot somebody
  await page.goto(env.CONTACT + "?lang=pl");
  await page.getByRole("button", { name: /Czat/ }).filter({ hasText: "Tutaj" }).click();
  const chat = page.getByRole("dialog");
  await chat.getByText("Jesteśmy dostępni").waitFor();
  await axe(page);
  await fits(page);
  await shot("chat-contact");
  const box = chat.getByRole("textbox", { name: "Wiadomość" });
  await box.fill("Dzień dobry");
  await box.press("Enter");
  await chat.getByText("Odpowiedź automatyczna").waitFor();

  // Where a page reads from the right, the chat stands at the left.
  await page.setViewportSize({ width: 1000, height: 800 });
  await page.evaluate(() => { document.documentElement.dir = "rtl"; });
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Otwórz czat" }).click();
  const { x, width } = await chat.boundingBox();
  assert.deepEqual([x, width], [20, 376]);
  await shot("chat-rtl");

  await page.evaluate(() => {
    const name = Object.keys(localStorage).find((one) => one.endsWith("/token"));
    localStorage.setItem(name, JSON.stringify("a token that nobody gave out"));
  });
  await box.fill("Czy jesteście?");
  await box.press("Enter");
  await chat.getByText("Ty: Dzień dobry").waitFor({ state: "detached" }); // whoever that was, it is not theirs any more
  await chat.getByText("Odpowiedź automatyczna").waitFor();
  assert.equal(await chat.getByText("Czy jesteście?").count(), 1);
}, { width: 390, dark: true });
