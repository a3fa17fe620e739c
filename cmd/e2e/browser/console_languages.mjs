// The words of another language are longer: no page of the rail, and none that a list of
// it leads to, is pushed aside by them on a narrow phone, whatever is folded out.

import { stage, assert } from "./stage.mjs";
import { signIn } from "./console.mjs";

export default stage(async ({ page, env, fits, phone, shot }) => {
  await signIn(page, env);
  const entries = await page.locator(".rail nav a").evaluateAll((links) => [...new Set(links.map((a) => a.getAttribute("href").split("#")[0]))]);
  const pages = [];
  for (const path of entries.filter((path) => path !== "/help")) {
    await page.goto(env.URL + path);
    const within = page.locator(`main :is(tbody, .stack, .inbox) a[href^="${path}/"]`).first();
    pages.push(path, ...(await within.count() ? [await within.getAttribute("href")] : []));
  }
  assert.ok(pages.some((path) => /decisions\/./.test(path)), pages.join(" "));
  const small = await phone();
  for (const language of ["de", "pl", "fr", "es", "it", "pt-BR", "en"]) {
    await page.locator("#language").selectOption(language);
    await page.locator(".language button").click();
    await page.locator(`html[lang="${language}"]`).waitFor();
    for (const path of pages) {
      await small.goto(env.URL + path);
      await small.locator("details").evaluateAll((all) => all.forEach((one) => { one.open = true; }));
      await fits(small);
      if (language === "de") await shot("console-de" + path.replace(/[^a-z]+/g, "-"), small);
    }
  }
});
