// Plays stories in one browser. Each line that it reads names a story and what it has to
// know, or one to end early; each line that it prints says how one went. It ends when what
// it reads does.

import { createRequire } from "node:module";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { play } from "./stage.mjs";

const require = createRequire(join(process.env.BROWSER_TOOLS, "package.json"));
const { chromium } = require("playwright-core");

const browser = await chromium.launch({
  executablePath: process.env.BROWSER_CHROMIUM,
  args: [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run",
    // No page lives long enough to be repaid for what threads beside it compile and clear away.
    "--js-flags=--no-opt --no-maglev --always-sparkplug --single-threaded-gc",
  ],
});
const print = (line) => process.stdout.write(JSON.stringify(line) + "\n");
const playing = new Map(); // by their numbers: what ends them

/** A promise that nobody waits for belongs to one of the stories that are played: none of them held. */
process.on("unhandledRejection", (error) => {
  for (const ends of playing.values()) ends.abort(error);
});

async function played({ number, story, env }) {
  const ends = new AbortController();
  playing.set(number, ends);
  try {
    const { default: file } = await import(`./${story}`);
    return await play(browser, file, env, ends.signal);
  } catch (error) {
    return { held: false, said: error.stack ?? String(error) };
  } finally {
    playing.delete(number);
  }
}

print({ number: 0 }); // the browser is there
for await (const line of createInterface({ input: process.stdin })) {
  const asked = JSON.parse(line);
  if (asked.end) playing.get(asked.number)?.abort(new Error(asked.end));
  else played(asked).then((went) => print({ number: asked.number, ...went }));
}
await browser.close();
