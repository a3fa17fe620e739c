// The admin looks for who was refused something, and takes the list along as a file.

import { stage, assert } from "./stage.mjs";
import { downloaded, seen, signIn } from "./console.mjs";

export default stage(async (on) => {
  const { page, env } = on;
  const api = (key, path, data) => page.request.post(`${env.URL}/api/v1${path}`, { headers: { Authorization: `Bearer ${key}` }, data });
  const { key } = await (await api(env.KEY, "/keys", { name: "curious", scopes: ["settings:read"] })).json();
  assert.equal((await api(key, "/teams", { name: "Mine" })).status(), 403);

  await signIn(page, env);
  await page.getByRole("link", { name: "Personal data" }).click();
  await page.getByRole("link", { name: "Audit log" }).click();
  await page.getByRole("switch", { name: "Only what was refused" }).press("Space");
  await page.getByLabel("Who").press("Enter");
  await page.waitForURL(/refused=true/);
  await page.getByRole("cell", { name: /curious/ }).first().waitFor();
  for (const what of await page.locator("tbody td:last-child").allInnerTexts()) assert.match(what, /Refused/);
  await seen(on, "console-audit-refused");
  const lines = (await downloaded(page, page.getByRole("link", { name: "Download as CSV" }))).trim().split("\n");
  assert.ok(lines.length > 1 && lines.slice(1).every((line) => line.includes("refused")), lines.join("\n"));
});
