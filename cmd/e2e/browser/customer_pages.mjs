// A customer opens what they were sent, on a telephone: reads, answers, pays,
// sends photos. Without JavaScript everything but the progress of an upload
// is the same.

import { stage, assert } from "./stage.mjs";

export default stage(async ({ page, env, axe, fits, shot, open, allow }) => {
  const look = async (name, of = page) => {
    await axe(of);
    await fits(of);
    await shot(name, of);
  };
  await page.goto(env.APPROVAL);
  await look("page-approval");
  await page.getByLabel("Comment").fill("Go ahead");
  await page.getByRole("button", { name: "Approve" }).click();
  await page.getByText("You approved this.").waitFor();
  await look("page-approved");

  await page.goto(env.PAYMENT);
  await look("page-payment");
  await page.getByRole("button", { name: "Pay 352.50 USD" }).click();
  await page.getByRole("button", { name: "Let the card be declined" }).click();
  await page.getByText("did not go through").waitFor();
  await page.getByRole("button", { name: "Pay 352.50 USD" }).click();
  await page.getByRole("button", { name: "Pay", exact: true }).click();
  await page.getByText("Paid: 352.50 USD.").waitFor();

  await page.goto(env.PHOTO);
  await look("page-photo");
  let parts = 0;
  allow(/ERR_FAILED|Failed to load/); // the break in the middle
  await page.route("**/uploads/*", (route) => (route.request().method() === "PATCH" && ++parts === 2 ? route.abort() : route.continue()));
  const clip = Buffer.concat([Buffer.from("\0\0\0\x18ftypmp42\0\0\0\0mp42isom", "latin1"), Buffer.alloc(9 << 20, "free")]);
  await page.getByLabel("Photos and videos").setInputFiles([{ name: "clip.mp4", mimeType: "video/mp4", buffer: clip }]);
  await page.getByRole("button", { name: "Send" }).click();
  await page.getByText("We received what you sent.").waitFor();
  assert.ok(parts > 3, "it went on after the break");

  const plain = await open({ width: 320, height: 640, dark: true, javaScriptEnabled: false });
  await plain.goto(env.RATING);
  await shot("page-rating", plain);
  await plain.getByText("5, great").click();
  await plain.getByRole("button", { name: "Send rating" }).click();
  await plain.getByText("Your rating: 5 of 5.").waitFor();
  await plain.goto(env.RESOLVED);
  await plain.getByRole("button", { name: "Yes" }).click();
  await plain.getByText("You told us that it is resolved.").waitFor();
}, { width: 390, height: 760, hasTouch: true });
