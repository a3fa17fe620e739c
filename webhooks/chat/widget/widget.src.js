// The chat on a company's website:
//
//   <script src="https://gateway/chat/widget.js" data-key="SITEKEY" async></script>
//
// Where data-key would be lost, ?key=SITEKEY behind the address says the same.
// data-lang and data-color say what else the page wants; data-identity is the
// token by which it says who is signed in. An element with
// data-ringback-chat opens the chat, too, and is shown once there is one.
// `go test ./webhooks/chat/widget -update` bundles it into widget.js.

import css from "./style.src.css";
import { beep, dress, h, icon, linked, paint } from "./page.src.js";
import { form } from "./form.src.js";
import { connect, storage } from "./wire.src.js";
import { clock, language, moment, speak } from "./words.src.js";

const script = document.currentScript;
const key = script?.dataset.key || (script?.src && new URL(script.src).searchParams.get("key"));
const typingEach = 4000; // ms between two signs that the visitor writes
const typingLasts = 6000; // ms that a sign of the advisor holds

function start() {
  const store = storage(`ringback/${key}/`);
  const tag = language(script.dataset.lang, document.documentElement.lang, ...navigator.languages);
  const say = speak(tag);
  const wire = connect(`${new URL(script.src).origin}/chat/v1/${encodeURIComponent(key)}`, store, {
    items, read, typing, state, sent, refused, slow, reset,
  }, script.dataset.identity);
  const seen = new Map(); // the messages' elements, by id
  let open = false;
  let greeting = null;
  let last = 0; // the seq of the last message
  let marked = 0; // up to where the visitor has read
  let unread = 0;
  let told = 0; // when the gateway was last told that the visitor writes
  let rest; // ends what says that the advisor writes

  // ----- what stands on the page

  const badge = h("span", { className: "badge", hidden: true });
  badge.setAttribute("aria-hidden", "true");
  const launchIcon = h("span", {}, icon("chat"));
  const launch = h("button", { className: "launch", type: "button", "aria-expanded": "false", "aria-label": say("open"), click: () => toggle() }, launchIcon, badge);
  const title = h("strong", { id: "title" }, say("chat"));
  const hours = h("span");
  const sound = h("button", { type: "button", "aria-label": say("sound"), click: () => loud(!store.get("sound")) });
  const note = h("p", { className: "note", hidden: true });
  const offline = h("p", { className: "note", hidden: true });
  note.setAttribute("role", "status");
  offline.setAttribute("role", "status");
  const hello = h("p", { className: "hello" }, say("hello"));
  const log = h("div", { className: "log", role: "log", tabIndex: 0, "aria-label": say("messages") }, hello);
  log.setAttribute("role", "log");
  const writes = h("p", { className: "typing", hidden: true });
  writes.setAttribute("role", "status");
  const fault = h("p", { className: "fault", hidden: true });
  fault.setAttribute("role", "alert");
  const box = h("textarea", {
    rows: 1, maxLength: 4000, placeholder: say("write"), dir: "auto", enterKeyHint: "send", value: store.get("draft") ?? "",
    input: () => {
      store.set("draft", box.value || null);
      if (Date.now() - told > typingEach && box.value) {
        told = Date.now();
        wire.typing();
      }
    },
    keydown: (event) => {
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
        event.preventDefault();
        send();
      }
    },
  });
  const chosen = h("input", { type: "file", multiple: true, hidden: true, accept: "image/*,video/*,audio/*,.pdf,.csv,.doc,.docx,.xls,.xlsx", change: () => {
    for (const file of chosen.files) attach(file);
    chosen.value = "";
  } });
  const compose = h("form", { className: "compose", noValidate: true, submit: (event) => {
    event.preventDefault();
    send();
  } }, chosen, h("button", { className: "attach", type: "button", "aria-label": say("attach"), click: () => chosen.click() }, icon("attach")),
    h("label", {}, h("span", { className: "sr" }, say("write")), box), h("button", { className: "main", "aria-label": say("send") }, icon("send")));
  const leave = form({ say, store, send: wire.leave, done: () => swap(false) });
  const other = h("button", { className: "link", type: "button", hidden: true, click: () => swap(leave.element.hidden) });
  const panel = h("div", { className: "panel", hidden: true },
    h("div", { className: "head" }, h("div", {}, title, hours), sound,
      h("button", { type: "button", "aria-label": say("close"), click: () => toggle(false) }, icon("close"))),
    note, offline, log, writes, fault, leave.element, compose, other);
  for (const [name, value] of Object.entries({ role: "dialog", "aria-labelledby": "title" })) panel.setAttribute(name, value);
  const aside = h("aside", { lang: tag, dir: "ltr", "aria-label": say("chat"), keydown: keys }, panel, launch);

  const host = document.createElement("ringback-chat");
  const root = host.attachShadow({ mode: "open" });
  dress(root, css);
  root.append(aside);
  loud(Boolean(store.get("sound")));

  // ----- what the visitor does

  function toggle(to = !open) {
    if (to === open) return;
    open = to;
    try {
      sessionStorage.setItem(`ringback/${key}/open`, open ? "1" : "");
    } catch { /* then it is closed after a reload */ }
    panel.hidden = !open;
    aside.className = getComputedStyle(host).direction === "rtl" ? "left" : ""; // as the page reads; what we say reads from the left
    launch.setAttribute("aria-expanded", String(open));
    launchIcon.replaceChildren(icon(open ? "close" : "chat"));
    count();
    if (!open) {
      launch.focus();
      return;
    }
    (leave.element.hidden ? box : leave.first).focus();
    log.scrollTop = log.scrollHeight;
    greet(); // hours change while a page is open
    wire.recognize().catch((error) => complain(error.message || say("again")));
    mark();
  }

  function keys(event) {
    if (event.key === "Escape" && open) {
      event.stopPropagation();
      toggle(false);
    }
    // Where the panel fills the window, what lies below it is not reached.
    if (event.key !== "Tab" || !open || getComputedStyle(launch).display !== "none") return;
    const stops = [...panel.querySelectorAll("button, input, textarea, a[href], [tabindex='0']")].filter((one) => one.offsetParent || one.getClientRects().length);
    const [from, to] = event.shiftKey ? [stops[0], stops.at(-1)] : [stops.at(-1), stops[0]];
    if (root.activeElement === from) {
      event.preventDefault();
      to.focus();
    }
  }

  function send() {
    const text = box.value.trim();
    if (!text) return;
    fault.hidden = true;
    box.value = "";
    store.set("draft", null);
    waiting(wire.send(text));
  }

  // attach sends a file, with how far it is, and then the message that it comes with.
  async function attach(file) {
    fault.hidden = true;
    const far = h("progress", { max: 1, value: 0, "aria-label": file.name });
    const element = h("div", { className: "said mine waits ahead" }, h("p", { dir: "auto" }, file.name), far);
    place(element, null);
    try {
      const sent = await wire.upload(file, (part) => { far.value = part; });
      waiting(wire.send("", [sent.id]), [sent]);
    } catch (error) {
      complain(`${file.name}: ${error.message || say("again")}`);
    }
    element.remove();
  }

  function swap(toForm) {
    leave.element.hidden = !toForm;
    compose.hidden = toForm;
    log.hidden = toForm && seen.size === 0;
    other.textContent = say(toForm ? "instead" : "leave");
    if (open) (toForm ? leave.first : box).focus();
  }

  function loud(on) {
    store.set("sound", on || null);
    sound.setAttribute("aria-pressed", String(on));
    sound.replaceChildren(icon(on ? "loud" : "still"));
  }

  // ----- what the gateway tells

  async function greet() {
    try {
      greeting = await wire.greet(tag);
    } catch (error) {
      const never = error.status >= 400 && error.status < 500 && error.status !== 429; // it will not be there later, either
      if (!greeting && never) console.warn(`Ringback chat: ${error.message}`); // for who put it on the page
      return Boolean(greeting) || !never;
    }
    const { name, company, color, open: here, opens_at: opens, time_zone: zone } = greeting;
    paint(aside, script.dataset.color ?? color);
    title.textContent = name === company ? name : `${company} · ${name}`;
    hours.textContent = here ? say("now") : "";
    note.hidden = here;
    if (!here) note.textContent = opens ? back(new Date(opens), zone) : say("closed");
    const was = other.hidden;
    other.hidden = here;
    if (here && !leave.element.hidden) swap(false);
    if (!here && was) swap(!store.get("token") && !store.get("draft") && wire.queue().length === 0);
    return true;
  }

  // back is when the team is there again, by its clock and by the visitor's.
  function back(at, zone) {
    const [there, mine] = [moment(tag, at, zone), moment(tag, at)];
    const day = mine.split(" ")[0] === there.split(" ")[0];
    return say("back", { when: there }) + (there === mine ? "" : say("yours", { when: day ? clock(tag, at) : mine }));
  }

  function items(list) {
    for (const item of list) {
      show(item);
      last = item.seq;
      if (item.author !== "customer" && item.seq > marked) {
        unread++;
        if (store.get("sound") && Date.now() - new Date(item.at) < 60e3) beep();
      }
      if (item.author === "advisor") writes.hidden = true;
    }
    count();
    mark();
  }

  function read(seq) { marked = Math.max(marked, seq); }

  function typing() {
    writes.textContent = `${greeting?.name ?? ""} ${say("typing")}`;
    writes.hidden = false;
    clearTimeout(rest);
    rest = setTimeout(() => { writes.hidden = true; }, typingLasts);
  }

  function state(now) {
    offline.textContent = now === "live" ? "" : say("offline");
    offline.hidden = now === "live";
  }

  function sent(id) {
    state("live");
    fault.hidden = true;
    step(seen.get(id), "sent");
  }

  function refused(one, error) {
    seen.get(one.id)?.remove();
    seen.delete(one.id);
    complain(`${say("refused")} ${error.message}`);
    if (box.value) return;
    box.value = one.text;
    store.set("draft", one.text);
  }

  function slow() { complain(say("slow")); }

  function complain(text) {
    fault.textContent = text;
    fault.hidden = false;
  }

  // reset begins anew: the gateway does not know this browser any more.
  function reset() {
    for (const element of seen.values()) element.remove();
    seen.clear();
    hello.hidden = false;
    last = marked = unread = 0;
    for (const one of wire.queue()) waiting(one);
    count();
  }

  // ----- the conversation

  // show adds a message, or says of one of ours that it arrived. What was not
  // heard of yet, even if it was taken, stays below all that was said: that is
  // where it belongs, when the history comes later than the thanks.
  function show(item) {
    const mine = item.author === "customer";
    const there = seen.get(item.id);
    const ahead = log.querySelector(".ahead");
    if (there) {
      if (there.classList.contains("ahead") && there !== ahead) log.insertBefore(there, ahead);
      there.classList.remove("ahead");
      if (item.files) there.querySelectorAll("p.file").forEach((one, n) => one.replaceWith(fileOf(item.files[n])));
      if (!there.querySelector("time")) there.querySelector(".by").prepend(time(new Date(item.at)));
      step(there, "arrived");
      return;
    }
    const element = bubble(item.text, mine, new Date(item.at), item.files);
    const who = item.author === "automation" ? say("automatic") : item.name;
    if (mine) step(element, "arrived");
    else if (who) element.querySelector(".by").prepend(`${who} · `);
    seen.set(item.id, element);
    place(element, ahead);
  }

  function waiting(one, files = one.files?.map(() => ({ name: say("file") }))) {
    const element = bubble(one.text, true, null, files);
    element.classList.add("waits", "ahead");
    step(element, "sending");
    seen.set(one.id, element);
    place(element, null);
  }

  function place(element, before) {
    const below = log.scrollHeight - log.scrollTop - log.clientHeight < 80;
    hello.hidden = true;
    log.hidden = false;
    log.insertBefore(element, before);
    if (below || element.classList.contains("mine")) log.scrollTop = log.scrollHeight;
  }

  function bubble(text, mine, at, files = []) {
    const by = h("span", { className: "by" }, at && time(at));
    const words = text || !files.length;
    return h("div", { className: mine ? "said mine" : "said" },
      words ? h("p", { dir: "auto" }, mine ? h("span", { className: "sr" }, `${say("you")}: `) : null, ...linked(text)) : null, ...files.map(fileOf), by);
  }

  // fileOf is a file as one opens it, in a page of its own.
  function fileOf({ name, url }) {
    const words = name || say("file");
    return h("p", { className: "file", dir: "auto" }, icon("attach"), url ? h("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, words) : words);
  }

  function time(at) {
    const today = at.toDateString() === new Date().toDateString();
    return h("time", { dateTime: at.toISOString(), title: at.toLocaleString(tag) }, today ? clock(tag, at) : moment(tag, at));
  }

  // step shows how far a message of the visitor's has come.
  function step(element, to) {
    if (!element) return;
    if (to !== "sending") element.classList.remove("waits");
    const by = element.querySelector(".by");
    by.querySelectorAll(".sr, svg").forEach((one) => one.remove());
    by.append(icon(to), h("span", { className: "sr" }, say(to)));
  }

  // count shows what is unread while the chat is closed.
  function count() {
    badge.hidden = open || unread === 0;
    badge.textContent = unread > 99 ? "99+" : unread;
    const label = say(open ? "close" : "open");
    launch.setAttribute("aria-label", badge.hidden ? label : `${label}. ${say("unread", { n: unread })}`);
  }

  // mark tells how far the visitor has read, while they look.
  function mark() {
    if (!open || document.hidden || last <= marked) return;
    marked = last;
    unread = 0;
    count();
    wire.read(last);
  }
  document.addEventListener("visibilitychange", mark);

  // ----- stay

  // A library that swaps the page's body, or empties it, takes the chat out: it is
  // put back as it was.
  const swapped = new MutationObserver(stay);
  function stay() {
    if (!host.isConnected) document.body?.append(host);
    for (const one of [document.documentElement, document.body]) if (one) swapped.observe(one, { childList: true });
  }

  // A phone's keyboard covers a part of the page: where the panel fills the window, it
  // keeps to what is seen. Who has zoomed in sees less than there is room for.
  const view = window.visualViewport;
  function fit() {
    const zoomed = view.scale > 1.01;
    panel.style.setProperty("--above", zoomed ? "0px" : `${view.offsetTop}px`);
    panel.style.setProperty("--below", zoomed ? "0px" : `${Math.max(0, document.documentElement.clientHeight - view.offsetTop - view.height)}px`);
  }
  for (const moved of ["resize", "scroll"]) view?.addEventListener(moved, fit);

  // ----- begin

  greet().then((there) => {
    if (!there) return; // no such chat, or not on this site
    stay();
    for (const one of document.querySelectorAll("[data-ringback-chat]")) {
      one.hidden = false;
      one.addEventListener("click", () => toggle(true));
    }
    for (const one of wire.queue()) waiting(one);
    wire.listen();
    wire.flush();
    let was;
    try {
      was = sessionStorage.getItem(`ringback/${key}/open`);
    } catch { /* then it begins closed */ }
    if (was) toggle(true);
  });
}

if (!key) console.warn("Ringback chat: the script needs data-key, or ?key= in its address");
else if (!window[`ringback/${key}`]) {
  window[`ringback/${key}`] = true; // one chat is enough, however often the page loads it
  if (document.body) start();
  else addEventListener("DOMContentLoaded", start);
}
