// Somebody far away finds the chat after hours, with the keyboard alone, on a
// site whose styles mean no good, and leaves a message.

import { stage, assert } from "./stage.mjs";

export default stage(async ({ page, env, axe, fits, shot, allow }) => {
  allow(/422/); // what is refused is answered so
  await page.clock.setFixedTime(new Date(env.NOW));
  await page.goto(env.SITE);
  await page.addStyleTag({ content: `
    html { font-size: 62.5%; } body > * { display: none !important; transform: scale(2); color: red !important; letter-spacing: 1em !important; }
    main { display: block !important; transform: none; letter-spacing: 0 !important; color: inherit !important; }
    button, textarea, input, label { all: unset !important; display: none !important; }` });
  const launch = page.getByRole("button", { name: "Open chat" });
  await launch.waitFor();
  assert.deepEqual(await launch.evaluate((one) => [one.offsetWidth, one.offsetHeight]), [56, 56]);

  // Tab reaches it last; Enter opens it; the first field is where one writes.
  const focused = () => page.evaluate(() => {
    const one = document.querySelector("ringback-chat").shadowRoot.activeElement;
    return one?.ariaLabel ?? one?.labels?.[0]?.innerText ?? "";
  });
  for (let tries = 0; await focused() !== "Open chat"; tries++) {
    assert.ok(tries < 10, "Tab leads to the chat");
    await page.keyboard.press("Tab");
  }
  await page.keyboard.press("Enter");
  const chat = page.getByRole("dialog");
  await chat.getByText("We are closed, back Thursday 08:00 (your time 15:00)").waitFor();
  await chat.getByLabel("Your name").waitFor();
  assert.match(await focused(), /^Your name/);
  await axe(page);
  await shot("chat-closed");

  await page.keyboard.type("Zosia <b>Nowak</b>");
  await page.keyboard.press("Tab");
  await page.keyboard.type("12");
  await page.keyboard.press("Tab");
  await page.keyboard.type("My mower leaks");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await chat.getByText("Begin the number with +").waitFor();
  assert.match(await focused(), /^Your phone/, "what is wrong has the focus");
  await axe(page);

  // What was typed is there after a reload, and the chat is open as it was.
  await page.reload();
  await chat.getByLabel("Your phone").fill("+48 501 234 567");
  assert.equal(await chat.getByLabel("Your name").inputValue(), "Zosia <b>Nowak</b>");
  await chat.getByRole("button", { name: "Send" }).click();
  const log = chat.getByRole("log");
  await log.getByText("My mower leaks").waitFor();
  await log.getByText("We got your ticket").waitFor();
  await axe(page);
  await shot("chat-left");

  // Whoever would rather chat, can.
  await chat.getByRole("button", { name: "Leave a message" }).waitFor();
  await chat.getByRole("textbox", { name: "Your message" }).waitFor();
  await page.keyboard.press("Escape");
  await chat.waitFor({ state: "hidden" });
  assert.equal(await focused(), "Open chat");
  await fits(page);
}, { timezoneId: "Europe/Warsaw", width: 800, height: 700 });
