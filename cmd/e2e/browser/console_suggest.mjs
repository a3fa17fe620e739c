// An advisor reads what a caller left on the voicemail, and has an answer suggested: on
// a page with scripts, and on one without.

import { stage, assert } from "./stage.mjs";
import { signIn } from "./console.mjs";

export default stage(async ({ page, env, axe, shot, fits, open, allow }) => {
  allow(/Applying inline style/); // axe leaves empty styles behind, which htmx copies to what takes their place
  await signIn(page, env);
  await page.getByRole("link", { name: /13125550177/ }).first().click(); // the list follows by itself
  await page.getByText("My mower stops after ten minutes").waitFor(); // it was being written down
  const ticket = page.url().split("#")[0];
  const box = page.getByRole("textbox", { name: "Message" });
  const suggest = page.getByRole("button", { name: "Suggest an answer" });
  const answer = "Hello,\nThank you for your message. Which mower is it, and since when does it stop?\n\nWe look into it and call you back.";

  // pictures are the page as it stands, on a phone and on a desk, by day and by night.
  const pictures = async (name) => {
    for (const width of [320, 390, 1280]) {
      await page.setViewportSize({ width, height: 800 });
      for (const colorScheme of ["light", "dark"]) {
        await page.emulateMedia({ colorScheme });
        await axe(page);
        await fits(page);
        await shot(`${name}-${width}-${colorScheme}`);
      }
    }
    await page.emulateMedia({ colorScheme: "light" });
  };
  await pictures("console-transcript");

  await box.fill("Hello,");
  const [asked] = await Promise.all([page.waitForRequest(/suggestion$/), suggest.click()]);
  assert.ok(!asked.postData().includes("key="), "nothing that sends");
  await page.getByText("Read it before you send it.").waitFor();
  assert.equal(await box.inputValue(), answer, "below what was written");
  assert.equal(await page.evaluate(() => document.activeElement.id), "text");
  await page.locator("#compose-cost").getByText("segment").waitFor(); // weighed like what is typed
  await pictures("console-suggested");

  // The next one takes its place, and what somebody has added stays.
  await box.press("End");
  await suggest.click();
  await page.locator("[data-suggest]:enabled").waitFor();
  assert.equal(await box.inputValue(), answer);
  const plain = await open({ javaScriptEnabled: false, storageState: await page.context().storageState() });
  await plain.goto(ticket);
  await plain.getByRole("textbox", { name: "Message" }).fill("Hello,");
  await plain.getByRole("button", { name: "Suggest an answer" }).click();
  await plain.getByText("Read it before you send it.").waitFor();
  assert.equal(await plain.getByRole("textbox", { name: "Message" }).inputValue(), answer);
  await plain.locator("#text:focus").waitFor();
  await shot("console-suggested-plain", plain);
  await plain.context().close();

  // A note is for the team alone: nothing is suggested there.
  await page.getByRole("radio", { name: "Note for the team" }).check();
  await suggest.waitFor({ state: "hidden" });
  await page.getByRole("radio", { name: /^Reply/ }).check();
  await box.fill("");
});
