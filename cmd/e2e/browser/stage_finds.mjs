// What the stage itself finds on a page: at first sight, and again when the page has
// changed since it was looked at, in another light, or within a frame.

import { stage, assert } from "./stage.mjs";

export default stage(async ({ page, axe, fits }) => {
  const finds = (rule) => assert.rejects(axe(page), ({ actual }) => actual.includes(`${rule} (`));
  const site = "https://site.example/";
  const answer = (address, body) => page.route(address, (route) => route.fulfill({ contentType: "text/html", body }));
  await answer(site + "within", `<!doctype html><html lang="en"><title>Within</title><main><h1>Within</h1><input></main>`);
  await answer(site, `<!doctype html><html lang="en"><title>A page</title>
    <style>p { color: #000; background: #fff } @media (prefers-color-scheme: dark) { .dim { color: #eee } }</style>
    <main><h1>A page</h1><p class="dim">By day it can be read.</p></main>`);
  await page.goto(site);
  await axe(page);
  await page.emulateMedia({ colorScheme: "dark" });
  await finds("color-contrast");
  await page.emulateMedia({ colorScheme: "light" });
  await axe(page);
  await page.evaluate(() => document.querySelector("main").append(document.createElement("input")));
  await finds("label");
  await page.locator("input").evaluate((input) => input.remove());
  await axe(page);

  await page.locator("main").evaluate((main) => { main.innerHTML += `<iframe title="within" src="/within"></iframe>`; });
  await page.frameLocator("iframe").getByRole("textbox").waitFor();
  await finds("label");
  await page.locator("iframe").evaluate((frame) => frame.remove());
  await axe(page);

  await fits(page);
  await page.locator("p").evaluate((p) => { p.style.width = "2000px"; });
  await assert.rejects(fits(page), / pixels wide in a window of /);
});
