// A visitor and an advisor at the console's ticket page talk, and each sees at
// once what the other does: neither page asks every few seconds.

import { stage } from "./stage.mjs";
import { signIn } from "./console.mjs";

export default stage(async ({ page, open, env, axe, shot }) => {
  const desk = await open();
  await desk.addInitScript(() => {
    const real = window.setTimeout;
    window.setTimeout = (doing, after, ...rest) => (after > 2000 ? 0 : real(doing, after, ...rest)); // whoever asks again every few seconds waits for ever
  });
  await signIn(desk, env);
  await desk.getByText("No tickets").first().waitFor();
  await page.clock.install(); // a sign of writing holds for some seconds
  await page.goto(env.SITE);
  await page.getByRole("button", { name: "Open chat" }).click();
  const chat = page.getByRole("dialog");
  const log = chat.getByRole("log");
  const box = chat.getByRole("textbox", { name: "Your message" });
  await box.fill("Is my mower ready?");
  await box.press("Enter");
  await log.getByText("Automatic answer").waitFor();

  await desk.getByRole("link", { name: /Website visitor/ }).click(); // the list follows by itself
  const story = desk.getByRole("list", { name: "Conversation" });
  await story.getByText("Is my mower ready?").waitFor();
  const reply = desk.getByRole("textbox", { name: "Message" });

  await page.clock.fastForward(5000);
  await box.pressSequentially("Hel");
  await desk.getByRole("status").getByText("is typing").waitFor();
  await box.fill("Hello?");
  await box.press("Enter");
  await story.getByText("Hello?").waitFor();
  await desk.getByRole("status").getByText("is typing").waitFor({ state: "hidden" });
  await box.fill("Anybody?"); // so soon after that no sign of writing goes before it
  await box.press("Enter");
  await story.getByText("Anybody?").waitFor();
  await reply.pressSequentially("It is");
  await chat.getByText("is typing").waitFor();
  for (const answer of ["It is.", "We are here until six."]) {
    await reply.fill(answer);
    await desk.getByRole("button", { name: "Send", exact: true }).click();
    await log.getByText(answer).waitFor();
    await story.locator("li", { hasText: answer }).getByText("Read").waitFor();
  }
  await axe(desk);
  await shot("chat-answered", desk);
});
