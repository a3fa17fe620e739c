// Where two schedules overlap, the one counts that is higher in the list: dragged there by
// mouse or finger, or moved by keys, or by its buttons where no scripts run. The page says
// each time what is in effect, and the history puts the order back.

import { stage, assert } from "./stage.mjs";
import { seen, signIn } from "./console.mjs";

const weekdays = /Right now: open until 17:00, because “Weekdays” is in effect/;
const stocktaking = /Right now: closed, because “Stocktaking” is in effect/;

export default stage(async (on) => {
  const { page, env, phone, open } = on;
  await signIn(page, env);
  await page.getByRole("link", { name: "Ring schedules" }).click();
  await page.getByRole("link", { name: "Add a schedule" }).click();
  await page.waitForLoadState();
  await page.getByLabel("Begins", { exact: true }).fill("12:00");
  await page.getByLabel("Ends", { exact: true }).fill("13:00");
  await page.getByLabel("Name", { exact: true }).fill("Stocktaking");
  await page.getByRole("radio", { name: /^No\b/ }).check();
  await page.keyboard.press("Enter");
  await page.getByText(stocktaking).waitFor();
  await page.waitForLoadState();
  const titles = (of = page) => of.locator("#in-order li h3 a").allTextContents();
  const before = await titles();
  assert.equal(before[0], "Stocktaking", "a new one is first");
  assert.ok(before.includes("Weekdays"));

  // By mouse, and not where it is let go of.
  const card = (of, title) => of.locator("#in-order ol > li", { has: of.getByRole("link", { name: title, exact: true }) });
  const at = async (of, title) => {
    const dots = card(of, title).locator("[data-drag]");
    await dots.scrollIntoViewIfNeeded();
    const box = await dots.boundingBox();
    return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  };
  const hold = async (title, y) => {
    const from = await at(page, title);
    await page.mouse.move(from.x, from.y);
    await page.mouse.down();
    await page.mouse.move(from.x, (from.y + y) / 2, { steps: 4 });
    await page.mouse.move(from.x, y, { steps: 4 });
  };
  await page.locator("#in-order").scrollIntoViewIfNeeded();
  await hold("Weekdays", (await page.locator("#in-order ol > li").first().boundingBox()).y + 4);
  await page.locator("#in-order li.dragged").waitFor();
  await page.keyboard.press("Escape");
  await page.mouse.up();
  assert.deepEqual(await titles(), before, "Escape leaves all as it was");
  await hold("Weekdays", (await page.locator("#in-order ol > li").first().boundingBox()).y + 4);
  await page.mouse.up();
  await page.getByText("“Weekdays” is now number 1 of").waitFor();
  await page.getByText(weekdays).waitFor();
  await page.locator(".hours-day[aria-current] .hours-said", { hasText: "08:00–17:00 open Weekdays" }).waitFor({ state: "attached" });
  await seen(on, "console-order");

  // By keys, which stay where they are.
  const down = page.getByRole("button", { name: "Move “Weekdays” down" });
  await down.press("Enter");
  await page.getByText(stocktaking).waitFor();
  await page.getByText("“Weekdays” is now number 2 of").waitFor();
  assert.ok(await down.evaluate((button) => button === document.activeElement), "the focus stays");
  await page.keyboard.press("ArrowUp");
  await page.getByText(weekdays).waitFor();
  assert.ok(await down.evaluate((button) => button === document.activeElement), "the focus stays");

  // By a finger, on a phone, where the list is longer than the window.
  const small = await phone({ width: 390, height: 500 });
  await small.goto(page.url());
  await small.waitForLoadState();
  await small.getByText(weekdays).waitFor();
  const finger = await small.context().newCDPSession(small);
  const touch = (type, point) => finger.send("Input.dispatchTouchEvent", { type, touchPoints: point ? [point] : [] });
  const from = await at(small, "Stocktaking");
  await touch("touchStart", from);
  for (const y of [from.y - 20, from.y - 60, 30]) await touch("touchMove", { x: from.x, y });
  await card(small, "Stocktaking").and(small.locator(":first-child.dragged")).waitFor();
  await touch("touchEnd");
  await small.getByText(stocktaking).waitFor();

  // Meanwhile the wide page shows an order that is no more.
  on.allow(/422/);
  await page.getByRole("button", { name: /^Move “Night on call” up/ }).click();
  await page.getByRole("alert").getByText("Somebody changed the order meanwhile").waitFor();
  assert.equal((await titles())[0], "Stocktaking", "how it stands");
  await on.axe(page);

  const plain = await open({ javaScriptEnabled: false });
  await signIn(plain, env);
  await plain.getByRole("link", { name: "Ring schedules" }).click();
  assert.equal(await plain.locator("[data-drag]").first().isVisible(), false);
  await plain.getByText("To change the order, use the arrows.").waitFor();
  await plain.getByRole("button", { name: "Move “Weekdays” up" }).click();
  await card(plain, "Weekdays").and(plain.locator(":first-child")).getByText(/Saved \d\d:\d\d/).waitFor();
  await plain.getByText(weekdays).waitFor();

  await page.getByRole("link", { name: "History" }).click();
  const newest = page.locator("main ol > li").first();
  await newest.getByRole("heading", { name: "Order of the schedules" }).waitFor();
  await seen(on, "console-order-history");
  await newest.getByRole("button", { name: "Restore the earlier version" }).press("Enter");
  await page.getByText("Restored. This counts as a change too").waitFor();
  await page.getByRole("link", { name: "Ring schedules" }).click();
  await page.getByText(stocktaking).waitFor();
});
