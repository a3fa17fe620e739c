// Somebody new comes by an identity provider that is not ours: there, back, and known.

import { stage, assert } from "./stage.mjs";

export default stage(async ({ page, env, axe, shot, open, allow }) => {
  allow(/fonts\.googleapis\.com/); // of the provider's own pages
  await page.goto(env.LINK);
  await page.getByLabel(/company/i).fill("Green Valley Equipment");
  await page.getByLabel("Your name").fill("Maria Lopez");
  await page.getByLabel("Email address").fill("maria@greenvalley.example");
  await page.getByLabel("Password").fill("a mower in the tall grass");
  await page.getByRole("button").filter({ hasNotText: "Choose" }).first().click();
  await page.getByText("Maria Lopez").first().waitFor();

  const ann = await open();
  for (const first of [true, false]) {
    await ann.goto(`${env.URL}/sign-in?next=%2Faccount`);
    await axe(ann);
    await ann.getByRole("link", { name: `Sign in with ${new URL(env.ISSUER).host}` }).click();
    if (first) {
      await ann.getByPlaceholder(/login/i).fill("ann");
      await ann.getByPlaceholder(/password/i).fill("anything");
      await ann.getByRole("button").first().click();
      await ann.getByRole("button").first().click(); // what may be told
    }
    await ann.getByText("ann@greenvalley.example").first().waitFor();
    assert.equal(new URL(ann.url()).origin, env.URL);
    if (first) await shot("oidc-account", ann);
    await ann.getByRole("button", { name: "Sign out", exact: true }).first().click();
    await ann.getByLabel("Email address").waitFor();
  }
  await page.goto(`${env.URL}/staff`);
  await page.getByText("ann@greenvalley.example").waitFor();
});
