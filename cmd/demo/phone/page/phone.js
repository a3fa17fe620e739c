// The page works without this: here it is kept up to date, and its forms are
// sent without leaving it. What comes from the server is the page's own HTML,
// drawn and escaped there.

const root = document.documentElement;
root.classList.add("scripted");

// What comes while one looks is marked for a moment.
const still = matchMedia("(prefers-reduced-motion: reduce)");
let fitting = false; // into what has been looked at

function greet(node) {
  if (still.matches || !node.dataset?.key) return;
  if (node.matches(".chapter")) {
    const soft = getComputedStyle(root).getPropertyValue("--accent-soft");
    node.animate([{ backgroundColor: soft }, { backgroundColor: "transparent" }], { duration: 1500, easing: "ease-out" });
  } else {
    node.animate([{ opacity: 0, translate: "0 0.5rem" }, { opacity: 1, translate: "0" }], { duration: 200, easing: "ease-out" });
  }
}

// fit makes the children of an element those of another, and keeps what is
// there already: the focus, what is scrolled, what is open. Elements with a
// data-key are told apart by it.
function fit(old, fresh) {
  const keyed = new Map();
  for (const child of old.children) if (child.dataset.key) keyed.set(child.dataset.key, child);
  let at = old.firstChild;
  for (const next of [...fresh.childNodes]) {
    const key = next.dataset?.key;
    let kept = null;
    if (key) kept = keyed.get(key);
    else if (at && !at.dataset?.key && at.nodeName === next.nodeName) kept = at;
    if (!kept) {
      old.insertBefore(next, at);
      if (fitting) greet(next);
      continue;
    }
    if (kept === at) at = at.nextSibling;
    else old.insertBefore(kept, at);
    if (kept.nodeType === Node.TEXT_NODE) kept.data = next.data;
    else if (kept.nodeType === Node.ELEMENT_NODE) fitElement(kept, next);
  }
  while (at) {
    const gone = at;
    at = at.nextSibling;
    gone.remove();
  }
}

function fitElement(old, fresh) {
  for (const { name } of [...old.attributes]) {
    const opened = name === "open" && old.nodeName === "DETAILS";
    if (!fresh.hasAttribute(name) && !opened) old.removeAttribute(name);
  }
  for (const { name, value } of fresh.attributes) if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  if (!old.hasAttribute("data-said") || old.nodeName !== "P") fit(old, fresh);
}

// The part of the screen that grows at its end: the conversation, or the course
// of the call.
const reading = () => document.querySelector(".thread, .course");
const lines = () => document.querySelectorAll(".bubble, .heard").length;
const toEnd = () => reading()?.scrollTo(0, reading().scrollHeight);

// show puts the state of the stream on the page.
function show(state) {
  const old = reading();
  const atEnd = !old || old.scrollHeight - old.scrollTop - old.clientHeight < 80;
  const before = lines();
  for (const [id, html] of Object.entries(state.parts)) {
    const fresh = document.createElement("template");
    fresh.innerHTML = html;
    fit(document.getElementById(id), fresh.content);
  }
  if (atEnd || lines() !== before) toEnd();
  zone = state.zone;
  ahead = state.now - Date.now();
  tick();
}

// The demo's clock: how far it is ahead of this machine's, and where.
let ahead = 0;
let zone = "";

function tick() {
  if (!zone) return;
  const parts = {};
  const format = new Intl.DateTimeFormat("en-GB", {
    timeZone: zone, weekday: "long", day: "numeric", month: "long", year: "numeric",
    hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23",
  });
  for (const { type, value } of format.formatToParts(Date.now() + ahead)) parts[type] = value;
  const small = `${parts.hour}:${parts.minute}`;
  const big = `${parts.weekday} ${parts.day} ${parts.month} ${parts.year}, ${small}:${parts.second}`;
  for (const time of document.querySelectorAll("[data-tick]")) {
    const text = time.dataset.tick === "big" ? big : small;
    if (time.textContent !== text) time.textContent = text;
  }
}
setInterval(tick, 1000);

// The stream of the chosen conversation. The browser reconnects by itself, and
// the server begins each connection with the whole state.
const pick = document.getElementById("pick");
const live = document.getElementById("live");
let stream = null;

function watch() {
  stream?.close();
  fitting = false;
  stream = new EventSource("/phone/stream?" + new URLSearchParams(new FormData(pick)));
  stream.addEventListener("state", (event) => {
    show(JSON.parse(event.data));
    say("Live", true);
    fitting = true;
  });
  stream.addEventListener("error", () => {
    say("Connection lost; trying again", false);
    if (stream.readyState === EventSource.CLOSED) setTimeout(watch, 3000); // refused, which the browser takes for final
  });
}

function say(text, on) {
  live.toggleAttribute("data-on", on);
  if (live.textContent !== text) live.textContent = text;
}

pick.addEventListener("change", () => {
  const chosen = new URLSearchParams(new FormData(pick));
  for (const [name, value] of chosen)
    for (const input of document.querySelectorAll(`input[type=hidden][name=${name}]`)) input.value = value;
  document.querySelector("#provider p[data-said]").textContent = "";
  history.replaceState(null, "", "/phone?" + chosen);
  watch();
});
if (document.getElementById("sender").value) watch();

// Forms are sent in the background. A button that is under way is not sent twice;
// another one of its form is sent after it, or a photo pressed too soon would be lost.
const last = new WeakMap(); // of each form: the newest of those under way

addEventListener("submit", async (event) => {
  const form = event.target;
  if (form.method !== "post") return;
  event.preventDefault();
  const button = event.submitter;
  if (button?.getAttribute("aria-disabled")) return;
  button?.setAttribute("aria-disabled", "true");
  const sent = after(last.get(form), () => send(form, button));
  last.set(form, sent);
  const fault = await sent;
  button?.removeAttribute("aria-disabled");
  blame(form, fault);
  if (fault) return;
  const said = form.querySelector("p[data-said]");
  if (said) said.textContent = button?.dataset.said ?? "";
});

async function after(before, what) {
  await before;
  return what();
}

// send returns what is wrong, or null. The box is empty at once, for the next words;
// what did not go comes back, unless there are any.
async function send(form, button) {
  const fields = new FormData(form, button);
  const body = form.enctype === "multipart/form-data" ? fields : new URLSearchParams(fields);
  const box = form.id === "compose" ? form.elements.text : null;
  if (box) write(box, "");
  const fault = await post(form.action, body);
  if (fault && box && !box.value) write(box, body.get("text"));
  const file = form.elements.picture;
  if (!fault && file) {
    file.value = "";
    file.closest("details").open = false;
  }
  return fault;
}

function write(box, words) {
  box.value = words;
  grow();
}

async function post(address, body) {
  try {
    const answer = await fetch(address, { method: "POST", headers: { Accept: "application/json" }, body });
    if (answer.ok) return null;
    const problem = await answer.json();
    return { field: problem.errors?.[0]?.field ?? "", detail: problem.detail };
  } catch {
    return { field: "", detail: "Ringback did not answer. Is it still running? Try again." };
  }
}

// blame says what is wrong at its field, or else at the top.
function blame(form, fault) {
  for (const place of document.querySelectorAll("[data-fault]")) place.textContent = "";
  if (!fault) return;
  const own = form.querySelector(`[data-fault="${CSS.escape(fault.field || "-")}"]`);
  (own ?? document.querySelector('[data-fault=""]')).textContent = fault.detail;
}

// The box for the text grows with it; Enter sends.
const text = document.getElementById("text");

function grow() {
  if (!text) return;
  text.style.height = "auto";
  text.style.height = `${text.scrollHeight + 2}px`;
}
text?.addEventListener("input", grow);
text?.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  text.form.requestSubmit(text.form.querySelector("button"));
});

// In a call the keyboard's digits are the phone's.
if (!text) addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, select, textarea")) return;
  document.querySelector(`.keypad button[value="${CSS.escape(event.key)}"]`)?.click();
});

toEnd();
