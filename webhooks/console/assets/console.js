// What the console's pages do beside their forms: the menu on a phone, the
// search key, unsaved changes, live filters, and a word when a request fails.
"use strict";

const told = document.getElementById("told");
let fading;

// tell shows a short word that goes by itself; a bad one stays until the next.
function tell(text, bad) {
  clearTimeout(fading);
  told.textContent = text;
  told.classList.toggle("bad", Boolean(bad));
  if (text && !bad) fading = setTimeout(() => tell(""), 5000);
}

const menu = document.querySelector(".rail-menu");
if (menu) {
  const open = (yes) => {
    menu.setAttribute("aria-expanded", String(yes));
    document.querySelector(".rail").classList.toggle("open", yes);
  };
  menu.addEventListener("click", () => open(menu.getAttribute("aria-expanded") !== "true"));
  document.addEventListener("keydown", (e) => {
    if (e.key === "Escape" && menu.getAttribute("aria-expanded") === "true") {
      open(false);
      menu.focus();
    }
  });
}

// Where the rail is longer than the window, the entry that one is at is in sight.
document.querySelector(".rail nav [aria-current]")?.scrollIntoView({ block: "nearest" });

// A page that answered a form is gone back to by its address: no browser then asks whether
// to send the form again, nor does a second key come of it.
history.replaceState(history.state, "");

// Keys, never while somebody types: "/" goes to the page's search, or to the box of a
// ticket, where it begins a saved reply; j and k, and the arrows among them, go through
// the tickets; "?" shows them all.
const through = { j: 1, k: -1, ArrowDown: 1, ArrowUp: -1 };
document.addEventListener("keydown", (e) => {
  if (e.ctrlKey || e.metaKey || e.altKey || e.target.closest("input, textarea, select, audio, video, dialog, [contenteditable]")) return;
  const to = (element) => {
    if (!element) return;
    e.preventDefault();
    element.focus();
  };
  if (e.key === "/") {
    const search = document.querySelector("[data-search]");
    const box = document.querySelector("#compose textarea");
    if (!search && box) box.focus(); // and the key is typed there
    else to(search);
  } else if (e.key === "?") {
    const keys = document.getElementById("keys");
    if (keys) keys.showModal();
  } else if (through[e.key]) {
    const rows = [...document.querySelectorAll(".inbox a")];
    const at = rows.indexOf(document.activeElement);
    if (at >= 0 || e.key === "j") to(rows[at + through[e.key]]);
  }
});

// <input data-filter="#teams li"> hides what does not hold its words.
document.addEventListener("input", (e) => {
  const rows = e.target.dataset && e.target.dataset.filter;
  if (!rows) return;
  const wanted = e.target.value.toLowerCase().trim();
  for (const row of document.querySelectorAll(rows)) row.hidden = !row.textContent.toLowerCase().includes(wanted);
});

// A select that applies at once: <select data-submit>. Its form's button is
// for those without scripts.
document.addEventListener("change", (e) => {
  if (e.target.matches("select[data-submit], input[data-submit]")) e.target.form.requestSubmit();
});

// <form data-unsaved> shows its .save-bar while it differs from what was
// loaded, and does not let one leave by accident. data-unsaved="kept" (a form
// that came back with faults) differs from the start.
const forms = new Map();
const contents = (form) => new URLSearchParams([...new FormData(form)].map(([k, v]) => [k, typeof v === "string" ? v : v.name])).toString();
function watch(form) {
  if (forms.has(form)) return;
  forms.set(form, form.dataset.unsaved === "kept" ? null : contents(form));
  refresh(form);
}
function refresh(form) {
  form.classList.toggle("unsaved", forms.get(form) !== contents(form));
}
function watchAll() {
  for (const form of document.querySelectorAll("form[data-unsaved]")) watch(form);
}
watchAll();
document.addEventListener("htmx:load", watchAll);
for (const kind of ["input", "change"]) {
  document.addEventListener(kind, (e) => {
    const form = e.target.form;
    if (form && forms.has(form)) refresh(form);
  });
}
document.addEventListener("reset", (e) => {
  const form = e.target;
  if (forms.has(form)) setTimeout(() => { refresh(form); form.dispatchEvent(new Event("discarded", { bubbles: true })); });
});
document.addEventListener("submit", (e) => forms.delete(e.target));
window.addEventListener("beforeunload", (e) => {
  for (const form of forms.keys()) {
    if (form.isConnected && form.classList.contains("unsaved")) e.preventDefault();
  }
});

// <button data-copy="text"> puts its text on the clipboard and says so.
document.addEventListener("click", (e) => {
  const button = e.target.closest("[data-copy]");
  if (!button) return;
  navigator.clipboard.writeText(button.dataset.copy).then(() => tell(button.dataset.copied || "✓"), () => {});
});

// <dialog> opened by <button data-open="id">, closed by <button data-close>.
document.addEventListener("click", (e) => {
  const opener = e.target.closest("[data-open]");
  if (opener) {
    e.preventDefault(); // without this the button asks on a page of its own
    document.getElementById(opener.dataset.open).showModal();
  }
  const closer = e.target.closest("[data-close]");
  if (closer) closer.closest("dialog").close();
});

document.addEventListener("htmx:responseError", (e) => tell(e.detail.xhr.responseText || told.dataset.failed, true));
document.addEventListener("htmx:sendError", () => tell(told.dataset.offline, true));
document.addEventListener("htmx:afterRequest", (e) => {
  if (e.detail.successful && told.classList.contains("bad")) tell("");
});

// A dialog whose form came back with faults is open from the start.
for (const dialog of document.querySelectorAll("dialog[data-open-now]")) dialog.showModal();

// <form data-working="id"> shows what that holds while it is sent and worked on, and is
// not sent twice; a page that is come back to is as it was.
document.addEventListener("submit", (e) => working(e.target, true));
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-working]")) working(form, false);
});
function working(form, yes) {
  if (!form.dataset.working) return;
  for (const shown of document.getElementById(form.dataset.working).children) shown.hidden = !yes;
  setTimeout(() => { form.querySelector("button").disabled = yes; });
}

// <textarea data-typing="…"> tells that address every few seconds that somebody writes.
let typingTold = 0;
document.addEventListener("input", (e) => {
  const address = e.target.dataset && e.target.dataset.typing;
  if (!address || !e.target.value || Date.now() - typingTold < 4000) return;
  typingTold = Date.now();
  fetch(address, { method: "POST" }).catch(() => {}); // it does no harm when that is lost
});

// <… data-moves="/teams/…/moves"> is told when something happens in the team,
// while the page is looked at; then #live asks for itself anew. One word is
// enough for all that came while it was being asked for. With data-calm nothing
// moves below somebody's pointer or focus.
const moving = document.querySelector("[data-moves]");
if (moving) {
  let source;
  let again = false;
  const held = (live) => "calm" in live.dataset && Boolean(live.matches(":hover, :focus-within") || live.querySelector("[name=tickets]:checked"));
  const moved = () => {
    const live = document.getElementById("live");
    again = live.classList.contains("htmx-request") || held(live);
    if (!again) htmx.trigger(live, "moved");
  };
  for (const kind of ["htmx:afterRequest", "pointerout", "focusout", "change"]) document.addEventListener(kind, () => again && setTimeout(moved));
  // What was asked for before somebody put the pointer there, or chose a ticket, comes too late.
  document.addEventListener("htmx:beforeSwap", (e) => {
    if (e.detail.target.id !== "live" || !held(e.detail.target)) return;
    e.detail.shouldSwap = false;
    again = true;
  });
  // A form's answer has put another #live there: what was asked for meanwhile came for
  // the one that is gone, and the new one listens only once it has settled.
  document.addEventListener("htmx:oobAfterSwap", (e) => e.detail.target.id === "live" && setTimeout(moved, 100));
  const follow = () => {
    if (source) source.close();
    if (document.hidden) return;
    source = new EventSource(moving.dataset.moves);
    source.addEventListener("open", moved); // something may have been missed
    source.addEventListener("moved", moved);
  };
  document.addEventListener("visibilitychange", follow);
  window.addEventListener("pagehide", () => source && source.close());
  follow();
}

// <… data-read="/…/read" data-heard="id"> tells that address, while the page is
// looked at, that what is newest there has been read.
let heard = "";
function haveRead() {
  const story = document.querySelector("[data-read]");
  if (!story || document.hidden || !story.dataset.heard || story.dataset.heard === heard) return;
  heard = story.dataset.heard;
  fetch(story.dataset.read, { method: "POST" }).catch(() => { heard = ""; }); // the next look tells it
}
haveRead();
document.addEventListener("visibilitychange", haveRead);
document.addEventListener("htmx:load", haveRead);

// <… data-goes> goes after ten seconds, but not from below somebody's pointer or focus.
for (const notice of document.querySelectorAll("[data-goes]")) {
  let going;
  const wait = () => {
    clearTimeout(going);
    going = setTimeout(() => notice.matches(":hover, :focus-within") || notice.remove(), 10_000);
  };
  for (const kind of ["pointerleave", "focusout"]) notice.addEventListener(kind, wait);
  wait();
}

// <… data-tell="words"> in what came anew says them.
document.addEventListener("htmx:load", (e) => {
  if (e.target.dataset.tell) tell(e.target.dataset.tell);
});

// <input type="checkbox" data-all="name"> checks all of that name, or none.
document.addEventListener("change", (e) => {
  const name = e.target.dataset && e.target.dataset.all;
  if (!name) return;
  for (const one of document.getElementsByName(name)) one.checked = e.target.checked;
});

// <… data-unread="3"> in what came anew is how many tickets are unread by now: it
// goes into the rail and the page's title.
document.addEventListener("htmx:load", () => {
  const now = document.querySelector("[data-unread]");
  if (!now) return;
  const count = now.dataset.unread;
  for (const place of document.querySelectorAll("[data-count]")) {
    place.hidden = !count;
    place.firstElementChild.textContent = count;
  }
  document.title = (count ? `(${count}) ` : "") + document.title.replace(/^\(\d+\+?\) /, "");
});
