// A visitor of the company's website writes in the chat while an advisor
// answers by the API: both ways, over a reload and over a lost network.

import { stage, assert } from "./stage.mjs";
import { advisor } from "./chat.mjs";

export default stage(async ({ page, context, env, axe, shot, phone, allow }) => {
  allow(/ERR_INTERNET_DISCONNECTED|Failed to fetch/); // the network is taken away
  const staff = advisor(env);
  await page.goto(env.SITE);
  assert.notEqual(new URL(env.SITE).origin, new URL(env.API).origin, "the site is of another origin");
  const launch = page.getByRole("button", { name: "Open chat" });
  await launch.waitFor();
  await axe(page);
  await launch.click();
  const chat = page.getByRole("dialog");
  await chat.getByText("We are here now").waitFor();
  await axe(page);

  const said = "Do you fix <b>mowers</b>? <img src=x onerror=alert(1)> https://example.com/m?a=1&b=2.";
  const box = chat.getByRole("textbox", { name: "Your message" });
  await box.fill(said);
  await box.press("Enter");
  const log = chat.getByRole("log");
  await log.getByText("Do you fix <b>mowers</b>? <img").waitFor();
  await log.getByText("Delivered").waitFor({ state: "attached" });
  await log.getByText("Automatic answer").waitFor();
  assert.equal(await log.getByRole("link").getAttribute("href"), "https://example.com/m?a=1&b=2");
  const ticket = await staff.ticket();
  await staff.say(ticket, "We do. Bring it in.");
  await log.getByText("We do. Bring it in.").waitFor();
  await axe(page);
  await shot("chat-open");

  // What came while the chat was closed is counted, and read when it is opened.
  await page.keyboard.press("Escape");
  assert.equal(await page.evaluate(() => document.querySelector("ringback-chat").shadowRoot.activeElement.className), "launch");
  await staff.say(ticket, "Until six.");
  await page.getByRole("button", { name: "Open chat. New messages: 1" }).click();
  await log.getByText("Until six.").waitFor();

  // A reload brings everything back, with what was not sent yet.
  await box.fill("And on Saturd");
  await page.reload();
  await log.getByText("Until six.").waitFor();
  assert.equal(await box.inputValue(), "And on Saturd");

  // Without a network a message waits, over a reload, and goes out once.
  await context.setOffline(true);
  await box.fill("And on Saturdays?");
  await box.press("Enter");
  await log.getByText("Sending").waitFor({ state: "attached" });
  await chat.getByText("No connection").waitFor();
  await shot("chat-offline");
  await staff.say(ticket, "Are you there?");
  await context.setOffline(false);
  await log.getByText("Are you there?").waitFor();
  await log.getByText("And on Saturdays?").waitFor();
  await log.getByText("Sending").waitFor({ state: "detached" });
  await chat.getByText("No connection").waitFor({ state: "hidden" });
  await staff.heard(ticket, "And on Saturdays?");
  const order = await log.locator(".said p").allInnerTexts();
  for (const once of ["Until six.", "Are you there?", "And on Saturdays?"]) {
    assert.equal(order.filter((text) => text.includes(once)).length, 1, `${once} stands once in ${order}`);
  }

  // Small screens: the chat fills them.
  const small = await phone({ locale: "pl-PL", dark: true });
  await small.goto(env.SITE + "?lang");
  await small.getByRole("button", { name: /Open chat|Otwórz czat/ }).click();
  await small.getByRole("log").getByText("Until six.").waitFor();
  await axe(small);
  await shot("chat-phone", small);
});
