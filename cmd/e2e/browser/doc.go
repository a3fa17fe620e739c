// Package browser plays the pages as people use them: in Chromium, over a real
// Ringback with a simulated provider.
//
// A story is two files here. NAME_test.go starts what the story needs, usually
// Demo, and hands its addresses to Run; NAME.mjs is the story:
//
//	import { stage } from "./stage.mjs";
//
//	export default stage(async ({ page, env, shot, axe, phone }) => {
//	  await page.goto(env.URL + "/");
//	  await page.getByRole("button", { name: "Save" }).click();
//	  await page.getByText("Saved").waitFor();
//	  await axe(page);    // no accessibility fault of WCAG 2.1 AA, nor of good practice
//	  await shot("home"); // a picture to look at, when RINGBACK_SHOTS names a folder
//	});
//
// stage.mjs says what else there is. A test may hand one Demo to several
// stories; each has cookies and pages of its own in the one browser they share, played by the one process of Node that serve.mjs is. What the
// browser needs is installed by `.ci/setup browser`; where it is missing the
// stories are skipped, but not under CI. The public suite of MCP is played from here as
// well, since it comes from the same place.
//
// The hard decision: a story fails for what nobody asked about, too. Any error
// on the console, any that a script throws and any request to us that fails
// ends it, unless the story has said beforehand that it brings it about.
package browser
