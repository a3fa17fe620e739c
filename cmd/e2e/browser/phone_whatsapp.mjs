// A customer writes on WhatsApp, answers with a button, reacts; another shows
// no number at all.

import { stage, assert } from "./stage.mjs";

export default stage(async ({ page, env, axe, fits, shot, phone, open }) => {
  const ask = async (path, body) => {
    const answer = await fetch(env.URL + "/api/v1" + path, {
      method: body ? "POST" : "GET", body: body && JSON.stringify(body),
      headers: { Authorization: `Bearer ${env.KEY}`, "Content-Type": "application/json" },
    });
    assert.ok(answer.ok, await answer.clone().text());
    return answer.json();
  };
  await page.goto(env.URL + "/phone");
  // While the team is open nothing is answered by itself, so that nothing
  // keeps the question waiting: one message in six seconds goes to one person.
  await page.getByRole("button", { name: "Tuesday 10:00" }).click();
  await page.getByRole("button", { name: "WhatsApp" }).click();
  const chat = page.getByRole("log", { name: "The chat on WhatsApp" });
  const story = page.getByRole("region", { name: "What the gateway did" });
  await chat.getByText("No messages yet").waitFor();
  // The photo is pressed while the words are still on their way.
  const post = "**/phone/whatsapp";
  let arrive;
  const arrived = new Promise((resolve) => (arrive = resolve));
  await page.route(post, async (route) => {
    await arrived;
    await route.continue();
  });
  await page.getByLabel("Your message").fill("The pump leaks again");
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Photo" }).click();
  arrive();
  await chat.getByText("The pump leaks again").waitFor();
  await page.unroute(post);
  await story.getByText("Sent “Customer sends first chat”").waitFor(); // so the ticket is there
  await chat.getByAltText("A photo of a machine in a field").waitFor();

  const { items: teams } = await ask("/teams");
  const team = teams.find((one) => one.name === "Service").id;
  const { items: tickets } = await ask(`/teams/${team}/tickets?status=open&contact=%2B13125550142&limit=1`);
  const mine = chat.getByRole("listitem").filter({ hasText: "The pump leaks again" });
  await mine.getByText("Delivered").waitFor(); // nobody has read it
  const desk = await open({ extraHTTPHeaders: { Authorization: `Bearer ${env.KEY}` } });
  await desk.goto(`${env.URL}/teams/${team}/tickets/${tickets[0].id}`);
  await mine.getByText("Read").waitFor();
  await ask(`/teams/${team}/tickets/${tickets[0].id}/requests`, { kind: "approval", message: "A new pump, 480 dollars?" });
  await chat.getByText("A new pump, 480 dollars?").waitFor();
  const asked = chat.getByRole("listitem").filter({ hasText: "A new pump" });
  await asked.getByText("Read").waitFor();
  await shot("phone-whatsapp");
  await axe(page);
  await asked.getByRole("button", { name: "Yes" }).click();
  await story.getByText("it answers what the team asked").waitFor();
  await asked.getByRole("button", { name: "React" }).click();
  await asked.getByRole("img", { name: "Your reaction" }).waitFor();

  await page.getByLabel("You are").selectOption("Dana (no number)");
  await chat.getByText("hides their number").waitFor();
  await axe(page);
  await page.getByLabel("Your message").fill("And mine?");
  await page.keyboard.press("Enter");
  await story.getByText("And mine?", { exact: true }).waitFor();

  await page.getByLabel("You are").selectOption("Ann Kowalski");
  await asked.waitFor();
  for (const dark of [false, true]) {
    const small = await phone({ dark });
    await small.goto(page.url());
    await small.getByText("A new pump, 480 dollars?").first().waitFor();
    await axe(small);
    await fits(small);
    await shot(dark ? "phone-whatsapp-narrow-dark" : "phone-whatsapp-narrow", small);
  }
});
