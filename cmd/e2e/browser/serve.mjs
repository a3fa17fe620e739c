// Starts the one browser that all stories of a test process share, says its address on
// a line of its own, and ends it when whoever asked for it is gone.

import { createRequire } from "node:module";
import { join } from "node:path";

const require = createRequire(join(process.env.BROWSER_TOOLS, "package.json"));
const { chromium } = require("playwright-core");

const server = await chromium.launchServer({
  executablePath: process.env.BROWSER_CHROMIUM,
  args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"],
});
console.log(server.wsEndpoint());
process.stdin.on("end", () => server.close()).resume();
