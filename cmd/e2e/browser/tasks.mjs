// What people come for, each from the page where signing in leads them, by what they
// see there, and in at most six actions: a click, a choice, a field filled, a key that
// submits. The counting is the hand's own.

import { stage, assert } from "./stage.mjs";
import { saved, signIn } from "./console.mjs";

const most = 6;

/** hand does with a page what a person does, and counts it. */
function hand(page) {
  const done = [];
  const act = (what) => async (locator, ...more) => {
    done.push(what);
    await locator[what](...more);
    await page.waitForLoadState();
  };
  return {
    done, link: (name) => page.getByRole("link", { name, exact: true }), button: (name) => page.getByRole("button", { name, exact: true }),
    click: act("click"), fill: act("fill"), choose: act("selectOption"), check: act("check"), uncheck: act("uncheck"), press: act("press"),
  };
}

const card = (page, name) => page.getByRole("region", { name });
const bar = (page) => page.getByRole("region", { name: "Changes that are not saved" });

const tasks = {
  "Turn off three messages": async (page, h) => {
    await h.click(h.link("Automated chat responses"));
    for (const name of ["Customer call missed", "Capture advisor rating", "Share VoiceHub (contact page)"])
      await h.uncheck(page.getByRole("switch", { name: `${name}: goes out` }));
    await h.click(bar(page).getByRole("button", { name: "Save" }));
    await saved(page);
  },
  "Edit a message": async (page, h) => {
    await h.click(h.link("Automated chat responses"));
    const first = card(page, "Customer sends first chat");
    await h.click(first.getByRole("heading", { name: "Customer sends first chat" }));
    await h.fill(first.getByLabel("Message", { exact: true }), "Thank you! Somebody reads this within the hour.");
    await h.click(bar(page).getByRole("button", { name: "Save" }));
    await saved(page);
  },
  "Close for a holiday week": async (page, h) => {
    await h.click(h.link("Ring schedules"));
    await h.click(h.link("Add a holiday"));
    await h.fill(page.getByLabel("Name"), "Between the years");
    await h.fill(page.getByLabel("First day"), "2030-12-24");
    await h.fill(page.getByLabel("Last day"), "2030-12-31");
    await h.click(h.button("Save"));
    await page.getByRole("link", { name: "Between the years" }).waitFor();
  },
  "Ask a customer for a photo": async (page, h) => {
    await h.click(page.getByRole("link", { name: /Ben Ortiz/ }));
    await h.choose(page.getByLabel("For", { exact: true }), { label: "Photo or video" });
    await h.click(h.button("Send the request"));
    await page.locator("#asked").getByText("Photo or video").first().waitFor();
  },
  "See why Ann got no text": async (page, h) => {
    await h.click(page.getByRole("link", { name: /Ann Kowalski/ }));
    await page.getByText(/Not sent.*They said STOP/).first().waitFor();
  },
  "Invite an advisor whom calls ring": async (page, h) => {
    await h.click(h.link("Staff & keys"));
    await h.click(h.button("Add somebody"));
    const form = page.getByRole("dialog");
    await h.fill(form.getByLabel("Name"), "Nora Lind");
    await h.fill(form.getByLabel("E-mail"), "nora@greenvalley.example");
    await h.fill(form.getByLabel("Phone that rings"), "+13125550195");
    await h.click(form.getByRole("button", { name: "Add somebody" }));
    await page.getByText(/Give them this link|was sent to/).waitFor();
    await page.getByRole("link", { name: "Ring schedules" }).click(); // it is so
    await page.locator("li.schedule", { hasText: "Weekdays" }).getByText("Nora Lind").waitFor();
  },
  "Connect a number": async (page, h) => {
    await h.click(h.link("Senders"));
    await h.click(h.link("Add a sender"));
    await h.fill(page.getByLabel("Number or address"), "+13125550102");
    await h.click(h.button("Add a sender"));
    await page.locator(".sender", { hasText: "+13125550102" }).getByText("Twilio tells Ringback what happens at this number.").waitFor();
  },
  "Block a spammer": async (page, h) => {
    await h.click(page.getByRole("link", { name: /555-0149|5550149/ }));
    await h.click(h.button("Block"));
    await page.getByText("Blocked", { exact: true }).first().waitFor();
  },
  "See how many missed calls came back this month": async (page, h) => {
    await h.click(h.link("Reports"));
    await h.click(h.link("This month"));
    await page.locator(".figure", { hasText: "Recovered" }).waitFor();
  },
};

export default stage(async ({ page, env, axe, say }) => {
  await signIn(page, env); // and from then on a sign-in leads to the team
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByLabel("Email address").fill(env.EMAIL);
  await page.getByLabel("Password").fill(env.PASSWORD);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await page.getByRole("heading", { name: "Tickets" }).waitFor();
  const begin = page.url();

  const rows = [];
  for (const [task, does] of Object.entries(tasks)) {
    await page.goto(begin);
    const h = hand(page);
    await does(page, h);
    await axe(page);
    rows.push(`| ${task} | ${h.done.length} |`);
    assert.ok(h.done.length <= most, `${task} takes ${h.done.length}: ${h.done.join(", ")}`);
  }
  const table = `| what somebody wants | actions |\n| --- | --- |\n${rows.join("\n")}\n`;
  say(table);
  assert.equal(env.TABLE, table, "docs/console.md is behind the pages");
});
