// The first admin: a link, a password, a team; then out and in again, and the
// link is used up.

import { stage, assert } from "./stage.mjs";

await stage(async ({ page, env, axe, shot, open, allow }) => {
  allow(/4(04|10|22)/); // a password too easy, and a link that is gone
  await page.goto(env.LINK);
  await axe(page);
  await page.getByLabel(/company/i).fill("Green Valley Equipment");
  await page.getByLabel("Your name").fill("Maria Lopez");
  await page.getByLabel("Email address").fill("maria@greenvalley.example");
  await page.getByLabel("Password").fill("password123");
  await page.getByRole("button").filter({ hasNotText: "Choose" }).first().click();
  await page.locator("#password-fault:not(:empty)").waitFor();
  assert.equal(await page.getByLabel("Your name").inputValue(), "Maria Lopez");
  await page.getByLabel("Password").fill("a mower in the tall grass");
  await page.getByRole("button").filter({ hasNotText: "Choose" }).first().click();

  await page.getByText("Maria Lopez").first().waitFor();
  await axe(page);
  await shot("first-team");
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByLabel("Email address").fill("maria@greenvalley.example");
  await page.getByLabel("Password").fill("wrong wrong wrong");
  allow(/401/);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await page.getByRole("alert").waitFor();
  await axe(page);
  await page.getByLabel("Password").fill("a mower in the tall grass");
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await page.getByText("Maria Lopez").first().waitFor();

  const other = await open();
  await other.goto(env.LINK);
  await other.locator("h1").waitFor();
  assert.equal(await other.getByLabel("Password").count(), 0, "a link that was used still asks for a password");
  await axe(other);
});
