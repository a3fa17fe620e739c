// What stories in the console have in common.

import { assert } from "./stage.mjs";

/** signIn opens the console as the demo's admin and chooses the team Service. */
export async function signIn(page, env) {
  await page.goto(env.URL + "/");
  await page.getByLabel("Email address").fill(env.EMAIL);
  await page.getByLabel("Password").fill(env.PASSWORD);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await page.waitForURL((url) => !url.pathname.startsWith("/sign-in")); // who leaves at once takes no cookie along
  await page.goto(env.URL + "/teams");
  await page.getByRole("link", { name: "Service" }).last().click();
  await page.getByRole("heading", { name: "Tickets" }).waitFor();
}

/** saved waits for the word that messages were saved, on a page that is there whole. */
export async function saved(page) {
  await page.getByText(/Saved \d\d:\d\d/).waitFor();
  await page.waitForLoadState();
}

/** The narrow pages that seen has opened, each beside a wide one. */
const narrow = new WeakMap();

/** seen looks at a page as it stands, wide and light, and at its address at 390 pixels in the dark. */
export async function seen({ page, phone, axe, fits, shot }, name) {
  await axe(page);
  await fits(page);
  await shot(name);
  if (!narrow.has(page)) narrow.set(page, await phone({ width: 390, height: 844, dark: true }));
  const small = narrow.get(page);
  await small.context().addCookies(await page.context().cookies()); // whoever is at the wide one now
  await small.goto(page.url());
  assert.equal(small.url(), page.url());
  await axe(small);
  await fits(small);
  await shot(name + "-390", small);
}

/** downloaded is the text of the file behind a link. */
export async function downloaded(page, link) {
  const [file] = await Promise.all([page.waitForEvent("download"), link.press("Enter")]);
  let text = "";
  for await (const part of await file.createReadStream()) text += part;
  return text;
}
