// The chat stays on a page that is swapped below it, without its data-key, and above
// a phone's keyboard.

import { stage, assert } from "./stage.mjs";

export default stage(async ({ page, env }) => {
  await page.goto(env.PAGE);
  const bubble = page.getByRole("button", { name: "Open chat" });
  await bubble.click();
  const box = page.getByRole("dialog").getByRole("textbox", { name: "Your message" });
  await box.fill("Half a word");

  await page.evaluate(() => { // as libraries that replace links do
    const body = document.createElement("body");
    body.innerHTML = "<h1>Another page</h1>";
    document.body = body;
  });
  await page.getByRole("heading", { name: "Another page" }).waitFor();
  assert.equal(await box.inputValue(), "Half a word");
  await page.evaluate(() => document.body.replaceChildren());
  assert.equal(await box.inputValue(), "Half a word");
  assert.equal(await page.locator("ringback-chat").count(), 1);

  // A keyboard of 300 pixels, as the browser tells of it.
  await page.setViewportSize({ width: 390, height: 800 });
  await page.evaluate(() => {
    for (const [name, value] of Object.entries({ height: 500, offsetTop: 0, scale: 1 })) Object.defineProperty(visualViewport, name, { value });
    visualViewport.dispatchEvent(new Event("resize"));
  });
  const { y, height } = await page.getByRole("dialog").boundingBox();
  assert.deepEqual([y, height], [0, 500]);
});
