// What stories in the console have in common.

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
