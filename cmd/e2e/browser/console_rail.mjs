// The rail fits a high window, and is longer than a low one: what ends it stays in sight,
// and so does the entry that one is at, in every language.

import { stage, assert } from "./stage.mjs";
import { signIn } from "./console.mjs";

export default stage(async ({ page, env, shot }) => {
  await signIn(page, env);
  await page.getByRole("link", { name: "Reports" }).click();
  for (const language of ["pl", "de", "fr", "es", "it", "pt-BR", "en"]) {
    await page.locator("#language").selectOption(language);
    await page.locator(".language button").click();
    await page.locator(`html[lang="${language}"]`).waitFor();
    for (const height of [700, 900, 1000]) {
      await page.setViewportSize({ width: 1280, height });
      await page.reload();
      for (const seen of [".rail form[action='/sign-out'] button", ".rail nav [aria-current]"]) {
        const box = await page.locator(seen).boundingBox();
        assert.ok(box && box.y >= 0 && box.y + box.height <= height, `${seen} in ${language} at ${height}: ${JSON.stringify(box)}`);
      }
      const hidden = await page.locator(".rail nav").evaluate((nav) => nav.scrollHeight - nav.clientHeight);
      if (height === 1000) assert.ok(hidden <= 0, `${hidden} px of the entries are out of sight in ${language}`);
      await shot(`console-rail-${language}-${height}`);
    }
  }
});
