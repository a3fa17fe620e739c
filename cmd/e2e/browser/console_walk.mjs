// Every page of the rail, wide and narrow, light and dark, is there for
// everybody; and it speaks the reader's language.

import { stage, assert } from "./stage.mjs";
import { signIn } from "./console.mjs";

const squeezed = (words) => words.replaceAll(/\s/g, "");

export default stage(async ({ page, env, axe, fits, shot, phone }) => {
  await page.goto(env.URL + "/");
  await page.getByRole("button", { name: "Sign in", exact: true }).waitFor();
  await axe(page);
  await signIn(page, env);
  const entries = await page.locator(".rail nav a").evaluateAll((links) =>
    links.map((a) => ({ href: a.getAttribute("href").split("#")[0], name: a.textContent.trim() })));
  assert.ok(entries.length >= 8, `the rail has ${entries.length} entries`);
  entries.push({ href: "/audit", name: "Personal data" });

  const small = await phone({ dark: true });
  for (const { href, name } of entries) {
    await page.goto(env.URL + href);
    await page.locator("h1").first().waitFor();
    assert.equal(squeezed(await page.locator(".rail nav [aria-current=page]").innerText()), squeezed(name));
    await axe(page);
    await shot("console-" + href.split("/").at(-1));

    await small.goto(env.URL + href);
    await small.locator("h1").first().waitFor();
    await axe(small);
    await fits(small);
    if (["/privacy", "/audit", "/help"].includes(href)) await shot("console-small-" + href.slice(1), small);
  }

  // What Twilio says of a number stands at the number.
  await page.goto(env.URL + entries.find(({ href }) => href.endsWith("/senders")).href);
  const sends = page.locator(".sender", { has: page.getByRole("button", { name: /^Send a test/ }) }).first();
  await sends.getByRole("button", { name: /^Check now/ }).click();
  await page.getByText(/Twilio (tells|does not tell) Ringback what happens/).first().waitFor();
  await page.getByRole("button", { name: /^Send a test/ }).first().click();
  await page.getByText("A test text is on its way to your phone.").waitFor();
  await axe(page);
  await shot("console-senders-checked");
  await small.goto(page.url());
  await small.getByText("A test text is on its way to your phone.").waitFor();
  await axe(small);
  await fits(small);
  await shot("console-senders-checked-small-dark", small);

  // A list that is imported shows that it is being read, and is not sent twice.
  await page.goto(env.URL + entries.find(({ href }) => href.endsWith("/contacts")).href);
  await page.getByRole("button", { name: "Import a list" }).click();
  const list = page.locator("dialog#import");
  await list.getByLabel("The file").setInputFiles({ name: "list.csv", mimeType: "text/csv", buffer: Buffer.from("phone,name\n+13125550187,Ann Kowalski\n") });
  await list.locator("form").evaluate((form) => form.addEventListener("submit", (e) => e.preventDefault())); // it is on its way for good
  await list.getByRole("button", { name: "Import a list" }).click();
  await list.getByText("The list is being read.").waitFor();
  await list.getByRole("progressbar").waitFor();
  assert.ok(await list.getByRole("button", { name: "Import a list" }).isDisabled());
  await axe(page);
  await shot("console-importing");

  await page.goto(env.URL + entries.find(({ href }) => href.endsWith("/contacts")).href);
  await page.locator("tbody a").first().click();
  await page.getByRole("button", { name: "Erase this customer" }).click();
  await page.getByRole("heading", { name: "Erase this customer for good?" }).waitFor();
  await axe(page);
  await shot("console-erase");

  // Help opens the part about the page one is on.
  await page.goto(env.URL + entries.find(({ href }) => href.endsWith("/ratings")).href);
  await page.getByRole("link", { name: "Help", exact: true }).click();
  await page.waitForURL("**/help#ratings");
  const top = await page.getByRole("heading", { name: "Ratings", exact: true }).evaluate((h) => h.getBoundingClientRect().top);
  assert.ok(top >= 0 && top < 200, `the part begins at ${top}`);
  await shot("console-help-ratings");

  await page.getByLabel("Language").selectOption("pl");
  await page.getByRole("button", { name: "Choose" }).click();
  await page.getByRole("link", { name: "Zgłoszenia" }).first().waitFor();
  assert.equal(await page.locator("html").getAttribute("lang"), "pl");
  await page.getByLabel("Język").selectOption("en"); // it is kept for the person, whom other stories play, too
  await page.getByRole("button", { name: "Wybierz" }).click();
  await page.getByRole("link", { name: "Tickets" }).first().waitFor();
});
