// A customer whose phone does RCS gets a question with chips, and taps one.

import { stage, assert } from "./stage.mjs";

export default stage(async ({ page, env, axe, fits, shot, phone }) => {
  const ask = async (method, path, body) => {
    const answer = await fetch(env.URL + "/api/v1" + path, {
      method, body: body && JSON.stringify(body), headers: { Authorization: `Bearer ${env.KEY}`, "Content-Type": "application/json" },
    });
    assert.ok(answer.ok, await answer.clone().text());
    return answer.json();
  };
  const { items: teams } = await ask("GET", "/teams");
  const team = `/teams/${teams.find((one) => one.name === "Service").id}`;
  const { items: senders } = await ask("GET", `${team}/senders`);
  const texts = senders.find((one) => one.kind === "sms").id;
  await ask("PATCH", `${team}/senders/${texts}`, { messaging_service: env.SERVICE, rcs_agent: env.AGENT });

  await page.goto(env.URL + "/phone");
  await page.getByRole("button", { name: "Tuesday 10:00" }).click();
  await page.getByLabel("You are").selectOption("Ben Ortiz");
  const thread = page.getByRole("log", { name: "The conversation" });
  await page.getByLabel("Your text").fill("The pump leaks again");
  await page.keyboard.press("Enter");
  const story = page.getByRole("region", { name: "What the gateway did" });
  await story.getByText("Sent “Customer sends first chat”").waitFor();
  const { items: tickets } = await ask("GET", `${team}/tickets?status=open&contact=%2B13125550143&limit=1`);
  await ask("POST", `${team}/tickets/${tickets[0].id}/requests`, { kind: "approval", message: "A new pump, 480 dollars?" });
  const asked = thread.getByRole("listitem").filter({ hasText: "A new pump" });
  await asked.getByRole("button", { name: "YES" }).waitFor();
  await axe(page);
  await shot("phone-rcs");
  const small = await phone({ width: 390, height: 844, dark: true });
  await small.goto(page.url());
  await small.getByLabel("You are").selectOption("Ben Ortiz");
  await small.getByRole("button", { name: "YES" }).waitFor();
  await axe(small);
  await fits(small);
  await shot("phone-rcs-390", small);
  await asked.getByRole("button", { name: "YES" }).click();
  await story.getByText("it answers what the team asked").waitFor();
});
