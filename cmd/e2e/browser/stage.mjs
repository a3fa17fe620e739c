// The stage that stories are played on; the package's Go comment shows one.

import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import assert from "node:assert/strict";

const require = createRequire(join(process.env.BROWSER_TOOLS, "package.json"));
/** In letters of one byte: a single other one has the browser take in, and read, twice as much. */
const axeSource = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8")
  .replaceAll(/[^\0-\x7f]/g, (letter) => "\\u" + letter.charCodeAt(0).toString(16).padStart(4, "0"));

/** assert, for what a page cannot be waited for. */
export { assert };

/** How long a step may take, in milliseconds: long, since nothing waits for it that goes well. */
const patience = 90_000;

/**
 * stage is what a story's file exports: the story, and how its first page is opened.
 * The story gets
 *
 * - page: Playwright's, 1280×800 unless options say width, height, dark or locale
 * - context: the page's
 * - env: what the Go side handed over
 * - phone(options): a further page of the same visitor, 320 pixels wide
 * - open(options): a further page of somebody else, with cookies of their own
 * - axe(page): fails for what keeps people from using the page
 * - fits(page): fails when the page has to be moved sideways to be read
 * - shot(name, page): a picture of it, when RINGBACK_SHOTS names a folder
 * - allow(pattern): what the console or a failed request says that matches is
 *   meant to happen: allow(/422/)
 * - say(text): what is to stand in the test's log
 */
export const stage = (story, options = {}) => ({ story, options });

/**
 * play plays a story in contexts of its own of the browser that all share, until it ends
 * or the signal tells it to, and returns whether it held and what there is to say of it.
 */
export async function play(browser, { story, options }, env, signal) {
  const faults = [];
  const allowed = [];
  const contexts = [];
  const pages = [];
  const said = [];
  const fault = (what) => faults.push(what);

  async function open({ width = 1280, height = 800, dark = false, locale = "en-US", ...more } = {}) {
    const context = await browser.newContext({
      viewport: { width, height }, colorScheme: dark ? "dark" : "light", locale, reducedMotion: "reduce", ...more,
    });
    contexts.push(context);
    context.setDefaultTimeout(patience);
    context.on("page", (page) => watch(page, fault, pages));
    return context.newPage();
  }

  async function act() {
    const page = await open(options);
    const phone = async (chosen = {}) =>
      open({ width: 320, height: 640, hasTouch: true, storageState: await page.context().storageState(), ...chosen });
    const shot = async (name, of = page) => {
      if (process.env.RINGBACK_SHOTS) await of.screenshot({ path: join(process.env.RINGBACK_SHOTS, `${name}.png`), animations: "disabled" });
    };
    await story({
      page, context: page.context(), env, phone, open, axe, fits, shot,
      allow: (pattern) => allowed.push(pattern), say: (text) => said.push(text),
    });
    const unexpected = faults.filter((what) => !allowed.some((pattern) => pattern.test(what)));
    assert.equal(unexpected.join("\n"), "", "what the browser complained about");
  }

  const ended = new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
  try {
    await Promise.race([act(), ended]);
    return { held: true, said: said.join("\n") };
  } catch (error) {
    said.push(...await leave(pages), ...faults.map((what) => `the browser: ${what}`));
    said.push(error.stack ?? String(error)); // last, where it is looked for
    return { held: false, said: said.join("\n") };
  } finally {
    await Promise.all(contexts.map((context) => context.close().catch(() => {}))); // one that was lost is closed
  }
}

/** watch notes whatever goes wrong on a page. */
function watch(page, fault, pages) {
  pages.push(page);
  const ours = (url) => page.url().startsWith("about:") || new URL(url).origin === new URL(page.url()).origin;
  page.on("console", (message) => {
    // A page that is left lets go of what it was asking for, and htmx says so.
    if (/^htmx:(sendAbort|afterRequest)\b/.test(message.text())) return;
    if (message.type() === "error") fault(`console: ${message.text()} (${message.location().url})`);
  });
  page.on("pageerror", (error) => fault(`script: ${error.stack ?? error}`));
  page.on("response", (answer) => {
    if (answer.status() >= 400 && ours(answer.url())) fault(`request: ${answer.status()} ${answer.request().method()} ${answer.url()}`);
  });
  page.on("requestfailed", (request) => {
    const why = request.failure()?.errorText ?? "";
    // A page that is left lets go of what it was reading.
    if (ours(request.url()) && why !== "net::ERR_ABORTED") fault(`request: ${why} ${request.method()} ${request.url()}`);
  });
}

/** leave is what stands on the pages of a story that failed. */
async function leave(pages) {
  const stood = [];
  for (const [i, page] of pages.entries()) {
    if (page.isClosed()) continue;
    try {
      stood.push(`\n${page.url()} said:\n${await page.locator("body").ariaSnapshot({ timeout: 2000 })}`);
      if (process.env.RINGBACK_SHOTS) await page.screenshot({ path: join(process.env.RINGBACK_SHOTS, `failed-${i}.png`), timeout: 5000 });
    } catch (error) {
      stood.push(`${page.url()} could not be looked at: ${error.message}`);
    }
  }
  return stood;
}

/**
 * axe holds a page to WCAG 2.1 AA and to what its makers call good practice.
 * It looks at what is there, so wait for that first.
 */
export async function axe(page) {
  await page.waitForLoadState(); // words are there before the styles are
  for (const frame of page.frames()) {
    // Taking it in costs as much as going to the page: one that is looked at again has it.
    if (!await frame.evaluate(() => "axe" in globalThis)) await frame.evaluate(axeSource);
  }
  // What it passed is a great deal, and stays there.
  const violations = await page.evaluate(async () => (await globalThis.axe.run(document, { resultTypes: ["violations"] })).violations);
  const words = violations.map((one) =>
    `${one.id} (${one.impact}): ${one.help}\n` + one.nodes.map((node) =>
      `  ${node.target.join(" ")}\n    ${node.html}\n    ${(node.failureSummary ?? "").replaceAll("\n", "\n    ")}`).join("\n"));
  assert.equal(words.join("\n"), "", `accessibility faults on ${page.url()}`);
}

/** fits looks for what is wider than the window. */
export async function fits(page) {
  await page.waitForLoadState();
  const { wide, room, by } = await page.evaluate(() => {
    const room = document.documentElement.clientWidth;
    const by = [...document.querySelectorAll("body *")].filter((e) => e.getBoundingClientRect().right > room + 1)
      .slice(0, 5).map((e) => e.outerHTML.slice(0, 120));
    return { wide: document.documentElement.scrollWidth, room, by };
  });
  assert.ok(wide <= room, `${page.url()} is ${wide} pixels wide in a window of ${room}:\n${by.join("\n")}`);
}
