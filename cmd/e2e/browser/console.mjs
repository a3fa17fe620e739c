// What stories in the console have in common.

/** signIn opens the console as the demo's admin and chooses the team Service. */
export async function signIn(page, env) {
  await page.goto(env.URL + "/");
  await page.getByLabel("Email address").fill(env.EMAIL);
  await page.getByLabel("Password").fill(env.PASSWORD);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.goto(env.URL + "/teams");
  await page.getByRole("link", { name: "Service" }).last().click();
  await page.getByRole("heading", { name: "Tickets" }).waitFor();
}
