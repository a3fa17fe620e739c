// Pictures that this browser cannot show by itself are shown: HEIC by libheif in a
// worker. One that is made to do harm leaves the page as it is, and is offered to be
// saved, as all are without scripts.

import { stage, assert } from "./stage.mjs";
import { signIn } from "./console.mjs";

export default stage(async ({ page, env, context, axe, shot, phone, fits, open, allow }) => {
  allow(/Applying inline style/); // the browser puts styles into its own page for a picture
  const asked = [];
  page.on("request", (request) => asked.push(new URL(request.url()).pathname));
  const engine = () => asked.filter((path) => /libheif|heic-worker/.test(path));
  await signIn(page, env);
  assert.deepEqual(engine(), [], "nothing is loaded before there is such a picture");
  const answered = page.waitForResponse((answer) => answer.url().includes("/heic-worker.js"));
  await page.getByRole("link", { name: /Ann Kowalski/ }).click();
  const story = page.getByRole("list", { name: "Conversation" });
  await story.getByText("as AVIF").waitFor();
  const cannot = story.getByText(/A picture that most browsers cannot show/);
  // The story is put there anew while it goes on; a picture is fetched when it is looked at.
  const bubble = (text, width, state, on) => on.waitForFunction(([text, width, state]) => {
    const found = [...document.querySelectorAll(".bubble")].find((one) => one.querySelector("p")?.textContent === text);
    const img = found?.querySelector("img");
    img?.scrollIntoView({ block: "center" });
    const words = found?.querySelector("small");
    return img?.naturalWidth === width && (!words || words.hidden !== (state === "failed")) && (img.dataset.heic ?? "") === state;
  }, [text, width, state]);
  const shown = (text, width, on = page) => bubble(text, width, "drawn", on);
  const saved = (text) => bubble(text, 0, "failed", page);
  await bubble("as AVIF", 480, "", page);
  await shown("as an iPhone takes it", 480);
  await shown("in tiles", 960);
  await saved("larger than it says");
  await saved("beyond bounds");
  await saved("cut");
  assert.equal(await cannot.filter({ visible: true }).count(), 3);

  // Nothing but the worker may compile WebAssembly, and it may connect to nothing.
  const worker = (await (await answered).allHeaders())["content-security-policy"];
  assert.equal(worker, "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'");
  const policy = (await (await context.request.get(page.url())).headers())["content-security-policy"];
  assert.doesNotMatch(policy, /unsafe/);

  // The page goes on: what is said is sent, and what was drawn is not drawn again.
  const once = engine().length;
  await page.getByRole("textbox", { name: "Message" }).fill("What a photo.");
  await page.keyboard.press("Control+Enter");
  await page.locator(".bubble", { hasText: "What a photo." }).getByText("Delivered").waitFor();
  await shown("as an iPhone takes it", 480);
  await shown("in tiles", 960);
  assert.equal(engine().length, once);
  await axe(page);
  await shot("console-heic");

  // One presses it to see it larger.
  const [large] = await Promise.all([page.waitForEvent("popup"), story.getByRole("link", { name: "Photo" }).first().click()]);
  await large.waitForFunction(() => document.querySelector("img")?.naturalWidth === 480);
  await large.close();

  // One that computes for ever is ended, and the page lives.
  const hung = await open({ storageState: await context.storageState() });
  await hung.clock.install();
  await hung.route("**/heic-worker.js*", (route) => route.fulfill({ contentType: "text/javascript", body: "for (;;);" }));
  const begun = hung.waitForEvent("worker");
  await hung.goto(page.url());
  await hung.locator(".bubble img").first().scrollIntoViewIfNeeded();
  await begun;
  await hung.clock.fastForward(31_000);
  await hung.locator("[data-heic=failed]").first().waitFor({ state: "attached" });
  await hung.getByRole("textbox", { name: "Message" }).fill("Still here.");
  await hung.context().close();

  const small = await phone({ width: 390, height: 844, dark: true });
  await small.goto(page.url());
  await shown("in tiles", 960, small);
  await axe(small);
  await fits(small);
  await shot("console-heic-390", small);

  // Without scripts all of them are offered to be saved, but for AVIF.
  const still = await open({ javaScriptEnabled: false, storageState: await context.storageState() });
  await still.goto(page.url());
  const words = still.getByText(/A picture that most browsers cannot show/);
  assert.equal(await words.filter({ visible: true }).count(), 5);
  assert.equal(await still.locator(".bubble a[download]").count(), 5);
  await shot("console-heic-plain", still);
});
