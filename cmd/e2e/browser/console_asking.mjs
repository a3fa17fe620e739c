// An advisor asks for an approval with a photo, sees that it was seen, and takes
// it back: the customer's page says so.

import { stage, assert } from "./stage.mjs";
import { signIn } from "./console.mjs";

const dot = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

export default stage(async ({ page, env, axe, fits, phone, open, shot, allow }) => {
  allow(/410/); // what was taken back
  await signIn(page, env);
  await page.getByRole("link", { name: /Ann Kowalski/ }).click();
  await page.getByLabel("For", { exact: true }).selectOption({ label: "Approval" });
  await page.getByText("Your own words, amount, files").click();
  await page.getByLabel("Message instead of the usual one").fill("A new pump, as in the photo?");
  await page.getByLabel("Files for the customer's page").setInputFiles({ name: "pump.png", mimeType: "image/png", buffer: Buffer.from(dot, "base64") });
  await axe(page);
  await page.getByRole("button", { name: "Send the request" }).click();
  const story = page.getByRole("list", { name: "Conversation" });
  await story.getByText("A new pump, as in the photo? [link to the customer’s page]").waitFor(); // which is theirs alone

  const customer = await open({ width: 390, height: 760 });
  await customer.goto(env.PHONE); // the demo's customer is the one who wrote
  const asked = customer.getByRole("log", { name: "The conversation" }).getByText(/A new pump, as in the photo\? http/);
  await asked.waitFor();
  await customer.goto((await asked.innerText()).match(/http\S+/)[0]);
  await customer.getByRole("img", { name: "pump.png" }).waitFor();
  await axe(customer);
  await page.getByText("Seen", { exact: true }).first().waitFor(); // the page follows by itself
  await shot("console-asking");
  const small = await phone();
  await small.goto(page.url());
  await fits(small);
  await axe(small);

  await page.getByRole("button", { name: "Withdraw" }).click();
  await page.getByRole("heading", { name: "Withdraw this request?" }).waitFor();
  await axe(page);
  await page.getByRole("button", { name: "Yes, withdraw it" }).click();
  await page.getByText("Withdrawn", { exact: true }).first().waitFor();
  assert.equal(await page.getByRole("button", { name: "Withdraw" }).count(), 0);
  await customer.getByRole("button", { name: "Approve" }).click();
  await customer.getByText("This is no longer needed").waitFor();
  await axe(customer);
});
