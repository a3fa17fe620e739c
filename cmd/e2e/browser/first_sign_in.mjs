// The first admin: a link, a password, a team; then out and in again, and the
// link is used up.

import { stage, assert } from "./stage.mjs";

export default stage(async ({ page, env, axe, fits, shot, open, allow }) => {
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

  // A new team's list checks itself, and goes when it is put away.
  await page.goto(env.URL + "/teams/new");
  await page.getByLabel("Name", { exact: true }).fill("Service");
  await page.getByLabel("Time zone").fill("America/Chicago");
  await page.getByRole("button", { name: "Make the team" }).click();
  await page.getByRole("link", { name: "Team", exact: true }).click();
  const steps = page.getByRole("region", { name: "First steps" });
  await steps.getByRole("link", { name: /^Connect a number/ }).waitFor();
  await axe(page);
  await shot("first-steps");
  for (const dark of [false, true]) {
    const small = await open({ width: 390, dark, storageState: await page.context().storageState() });
    await small.goto(page.url());
    await small.getByRole("region", { name: "First steps" }).waitFor();
    await axe(small);
    await fits(small);
    await shot(`first-steps-390${dark ? "-dark" : ""}`, small);
    await small.context().close();
  }
  await steps.getByRole("button", { name: "Hide the list" }).click();
  await steps.waitFor({ state: "detached" });

  const other = await open();
  await other.goto(env.LINK);
  await other.locator("h1").waitFor();
  assert.equal(await other.getByLabel("Password").count(), 0, "a link that was used still asks for a password");
  await axe(other);
});
