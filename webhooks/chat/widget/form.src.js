// The form by which a visitor leaves a ticket while nobody is there.

import { h } from "./page.src.js";
import { uuid } from "./wire.src.js";

/** form returns the form's element and where it begins; send gets the ticket, done is called once it was taken. */
export function form({ say, store, send, done }) {
  const kept = store.get("ticket") ?? {};
  let busy = false;

  const fields = {
    name: h("input", { autocomplete: "name", maxLength: 200, value: kept.name ?? "" }),
    phone: h("input", { type: "tel", autocomplete: "tel", maxLength: 40, value: kept.phone ?? "" }),
    text: h("textarea", { rows: 2, maxLength: 4000, dir: "auto", value: kept.text ?? "" }),
  };
  const faults = {};
  const labels = Object.entries(fields).map(([name, field]) => {
    field.addEventListener("input", keep);
    faults[name] = h("span", { className: "fault", id: `${name}-fault`, hidden: true });
    field.setAttribute("aria-describedby", `${name}-fault`);
    return h("label", {}, say(name === "text" ? "write" : name), field, faults[name]);
  });
  const whole = h("p", { className: "fault", hidden: true });
  whole.setAttribute("role", "alert");
  const button = h("button", { className: "main" }, say("send"));
  const element = h("form", { className: "leave", noValidate: true, hidden: true, submit }, h("p", {}, say("leaveWhy")), ...labels, whole, button);

  // keep holds what is typed, under one id until it was taken: sent twice, it is one ticket.
  function keep() {
    const typed = Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, field.value.trim()]));
    const before = store.get("ticket");
    const same = before && Object.keys(fields).every((name) => before[name] === typed[name]);
    const ticket = { id: same ? before.id : uuid(), ...typed };
    store.set("ticket", ticket);
    return ticket;
  }

  function wrong(name, words) {
    const [place, field] = [faults[name] ?? whole, fields[name]];
    place.textContent = words;
    place.hidden = false;
    field?.setAttribute("aria-invalid", "true");
    field?.focus();
  }

  async function submit(event) {
    event.preventDefault();
    if (busy) return;
    [whole, ...Object.values(faults)].forEach((one) => { one.hidden = true; });
    Object.values(fields).forEach((one) => one.removeAttribute("aria-invalid"));
    const ticket = keep();
    const phone = ticket.phone.replace(/[\s().\/-]/g, "").replace(/^00/, "+");
    if (phone && !/^\+[1-9]\d{6,14}$/.test(phone)) return wrong("phone", say("phoneFault"));
    if (!ticket.text) return wrong("text", say("empty"));
    busy = true;
    button.setAttribute("aria-disabled", "true");
    try {
      await send({ ...ticket, phone });
      store.set("ticket", null);
      fields.text.value = "";
      done();
    } catch (error) {
      if (error.field === "phone") wrong("phone", say("phoneFault"));
      else wrong(error.field, error.status === 422 || error.status === 429 ? error.message : say("again"));
    }
    busy = false;
    button.removeAttribute("aria-disabled");
  }

  return { element, first: fields.name };
}
