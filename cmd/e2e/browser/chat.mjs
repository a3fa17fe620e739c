// Somebody of the company who answers in the chat, by the API.

import { assert } from "./stage.mjs";

/** advisor returns what an advisor of the service team does. */
export function advisor({ API, KEY, TEAM }) {
  const base = `${API}/api/v1/teams/${TEAM}`;
  async function ask(method, path, body) {
    const answer = await fetch(base + path, {
      method, headers: { Authorization: `Bearer ${KEY}`, "Content-Type": "application/json" }, body: body && JSON.stringify(body),
    });
    assert.ok(answer.ok, `${method} ${path}: ${answer.status} ${answer.ok ? "" : await answer.clone().text()}`);
    return answer.json();
  }
  return {
    /** ticket is the id of the newest ticket. */
    ticket: async () => (await ask("GET", "/tickets")).items[0].id,
    say: (ticket, text, ...media) => ask("POST", `/tickets/${ticket}/messages`, media.length ? { text, attachments: media } : { text }),
    /** upload is the id of a file of the team's, whose content is a data URL. */
    async upload(name, content) {
      const form = new FormData();
      form.append("file", await (await fetch(content)).blob(), name);
      const answer = await fetch(`${base}/media`, { method: "POST", headers: { Authorization: `Bearer ${KEY}` }, body: form });
      assert.ok(answer.ok, await answer.clone().text());
      return (await answer.json()).id;
    },
    /** heard waits until the customer's message stands on the ticket. */
    async heard(ticket, text) {
      for (;;) {
        const { timeline } = await ask("GET", `/tickets/${ticket}`);
        if (JSON.stringify(timeline).includes(JSON.stringify(text))) return;
        await new Promise((again) => setTimeout(again, 100));
      }
    },
  };
}
