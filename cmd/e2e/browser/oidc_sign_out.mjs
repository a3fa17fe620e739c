// Somebody signs out at the identity provider: they are out here as well, in that
// browser alone if the provider names the session, and in every one otherwise.

import { stage, assert } from "./stage.mjs";

export default stage(async ({ env, shot, open, allow }) => {
  allow(/fonts\.googleapis\.com/); // of the provider's own pages
  const come = async () => {
    const page = await open();
    await page.goto(`${env.URL}/sign-in?next=%2Faccount`);
    await page.getByRole("link", { name: `Sign in with ${new URL(env.ISSUER).host}` }).click();
    await page.getByPlaceholder(/login/i).fill("ann");
    await page.getByPlaceholder(/password/i).fill("anything");
    await page.getByRole("button").first().click();
    await page.getByRole("button").first().click(); // what may be told
    await page.getByText("ann@greenvalley.example").first().waitFor();
    return page;
  };
  const at = async (page) => {
    await page.goto(`${env.URL}/account`);
    return new URL(page.url()).pathname;
  };
  const office = await come();
  const home = await come();
  assert.equal(await at(office), "/account");

  await office.goto(`${env.ISSUER}/session/end`);
  await office.getByRole("button", { name: /yes/i }).click();
  await office.getByText(/sign-out success/i).first().waitFor();
  assert.equal(await at(office), "/sign-in");
  await shot("oidc-signed-out", office);
  assert.equal(await at(home), env.SESSIONS ? "/account" : "/sign-in");
});
