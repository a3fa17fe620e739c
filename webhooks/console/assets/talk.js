// What a ticket's page does beside its forms: it opens at its newest message, sends
// with Ctrl+Enter and keeps the box as it is, and offers saved replies at "/".
"use strict";

const talk = document.querySelector(".talk-main");
const composing = document.getElementById("compose");
const box = composing && composing.querySelector("textarea");

// toEnd brings the newest message above the box.
function toEnd() {
  window.scrollTo(0, Math.max(0, talk.getBoundingClientRect().bottom + window.scrollY - window.innerHeight));
}
if (!new URLSearchParams(location.search).has("status")) toEnd();

// Who reads the end goes on reading it when something new comes.
let atEnd = true;
document.addEventListener("htmx:beforeSwap", () => { atEnd = talk.getBoundingClientRect().bottom <= window.innerHeight + 80; });
document.addEventListener("htmx:oobBeforeSwap", () => { atEnd = true; });
document.addEventListener("htmx:afterSettle", (e) => { if (atEnd && e.target.closest(".talk-main, #live")) toEnd(); });

// From a voicemail one writes by the box below.
document.addEventListener("click", (e) => {
  if (!composing || !e.target.closest("[data-reply]")) return;
  e.preventDefault();
  composing.querySelector("[name=mode][value=reply]").click();
  box.focus();
});

if (composing) {
  let sent = "";
  composing.addEventListener("keydown", (e) => {
    if (e.key === "Enter" && (e.ctrlKey || e.metaKey)) {
      e.preventDefault();
      composing.requestSubmit();
    }
  });
  composing.addEventListener("htmx:beforeRequest", (e) => { if (e.target === composing) sent = box.value; });
  // Files say how far they are.
  const far = document.getElementById("compose-far");
  composing.addEventListener("htmx:beforeSend", (e) => {
    if (e.target !== composing || ![...new FormData(composing).values()].some((one) => one.size)) return;
    far.value = 0;
    far.hidden = false;
    e.detail.xhr.upload.addEventListener("progress", (sent) => { far.value = sent.loaded / sent.total; });
  });
  composing.addEventListener("htmx:afterRequest", (e) => { if (e.target === composing) far.hidden = true; });
  // What was sent leaves the box; what was typed meanwhile stays.
  composing.addEventListener("htmx:afterRequest", (e) => {
    if (e.target !== composing) return;
    const taken = e.detail.xhr.status >= 200 && e.detail.xhr.status < 300; // a fault is shown, too, and so is successful to htmx
    if (taken) {
      box.value = box.value.startsWith(sent) ? box.value.slice(sent.length) : box.value;
      for (const input of composing.querySelectorAll("[name=files], [name=send_at]")) input.value = "";
      for (const file of composing.querySelectorAll("[name=attached], [name=attached-name]")) file.remove();
      for (const open of composing.querySelectorAll("details[open]")) open.open = false;
      htmx.trigger(box, "weigh");
      toEnd();
    }
    forms.set(composing, taken ? contents(composing) : null);
    refresh(composing);
    if (composing.contains(document.activeElement) || document.activeElement === document.body) box.focus();
  });
}

// A suggestion is put below what stands in the box, in the place of the one before as
// long as nobody has touched that. Whoever sends meanwhile wants it no more.
const suggestion = document.getElementById("suggestion");
if (suggestion) {
  const suggested = () => { const last = suggestion.querySelector("input"); return last ? last.value : ""; };
  let before = "";
  let words = [];
  composing.addEventListener("htmx:beforeRequest", (e) => {
    if (!e.target.matches("[data-suggest]")) return;
    before = suggested();
    words = [...suggestion.childNodes];
    suggestion.replaceChildren(e.target.dataset.suggest);
  });
  composing.addEventListener("htmx:afterRequest", (e) => {
    if (!e.target.matches("[data-suggest]")) return;
    if (e.detail.xhr.status !== 200) suggestion.replaceChildren(...words); // what was suggested before still stands in the box
    else {
      const written = (before && box.value.endsWith(before) ? box.value.slice(0, -before.length) : box.value).trimEnd();
      box.value = (written && `${written}\n`) + suggested();
      htmx.trigger(box, "weigh");
      refresh(composing);
    }
    box.focus();
    box.setSelectionRange(box.value.length, box.value.length);
  });
}

// "/" at the beginning of a word offers the team's saved replies, and in a note "@" the
// colleagues who can be told: the arrows go through them, Enter puts one in, Escape
// leaves the text as it is.
const saved = document.getElementById("saved");
if (saved) {
  let chosen = -1;
  const noting = composing.querySelector("[name=mode][value=note]");
  const typed = () => {
    const found = /(^|\s)([/@])([^\s/@]*)$/u.exec(box.value.slice(0, box.selectionStart));
    return found && (found[2] === "/" || noting.checked) ? { sign: found[2], words: found[3] } : null;
  };
  const shown = () => [...saved.children].filter((one) => !one.hidden);
  const mark = (n) => {
    const all = shown();
    chosen = all.length ? (n + all.length) % all.length : -1;
    for (const one of saved.children) one.setAttribute("aria-selected", "false");
    if (chosen < 0) return box.removeAttribute("aria-activedescendant");
    all[chosen].setAttribute("aria-selected", "true");
    all[chosen].scrollIntoView({ block: "nearest" });
    box.setAttribute("aria-activedescendant", all[chosen].id);
  };
  const close = () => { saved.hidden = true; chosen = -1; box.removeAttribute("aria-activedescendant"); };
  const put = (one) => {
    const found = typed();
    if (!found || !one) return close();
    const start = box.selectionStart - found.words.length - 1;
    box.setRangeText(one.dataset.text, start, box.selectionStart, "end");
    close();
    box.focus();
    box.dispatchEvent(new Event("input", { bubbles: true }));
  };
  box.addEventListener("input", () => {
    const found = typed();
    if (!found) return close();
    const words = found.words.toLowerCase();
    for (const one of saved.children) one.hidden = one.dataset.sign !== found.sign || !one.textContent.toLowerCase().includes(words);
    saved.hidden = shown().length === 0;
    mark(0);
  });
  box.addEventListener("keydown", (e) => {
    if (saved.hidden) return;
    const act = { ArrowDown: () => mark(chosen + 1), ArrowUp: () => mark(chosen - 1), Enter: () => put(shown()[chosen]), Tab: () => put(shown()[chosen]), Escape: close }[e.key];
    if (!act || e.ctrlKey || e.metaKey) return;
    e.preventDefault();
    e.stopPropagation();
    act();
  });
  saved.addEventListener("mousedown", (e) => { e.preventDefault(); put(e.target.closest("[role=option]")); });
  box.addEventListener("blur", close);
}
