// Lets Node 20 read MCP's public suite, whose tests of somebody else's repository ask for a
// function that came with Node 22: node --import ./mcp.mjs .../conformance/dist/index.js

import { register } from "node:module";

const hooks = `export const resolve = (name, from, next) =>
  name === "fs" && from.parentURL?.includes("/conformance/")
    ? { url: "data:text/javascript,export * from 'node:fs'; export const globSync = undefined", shortCircuit: true }
    : next(name, from)`;
register("data:text/javascript," + encodeURIComponent(hooks));
