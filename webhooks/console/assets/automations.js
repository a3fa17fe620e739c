// The page of automated responses: placeholders go in where the cursor is, and
// a message that an address names is open.
"use strict";

const typed = (field) => field.dispatchEvent(new Event("input", { bubbles: true }));

// A message of one's own begins with the default text: that is what was to be
// seen where the placeholder is wanted.
function insert(field, text) {
  if (!field.value && field.placeholder) {
    field.value = field.placeholder;
    field.selectionStart = field.selectionEnd = field.value.length;
  }
  const before = field.value.slice(0, field.selectionStart);
  field.setRangeText((before && !/\s$/.test(before) ? " " : "") + text, field.selectionStart, field.selectionEnd, "end");
  field.focus();
  typed(field);
}

// The field that was written in last gets the placeholder.
let last = null;
document.addEventListener("focusin", (e) => {
  if (e.target.matches(".auto textarea")) last = e.target;
});

document.addEventListener("click", (e) => {
  const button = e.target.closest("[data-insert], [data-use]");
  if (!button) return;
  const field = document.getElementById(button.dataset.into);
  if (button.dataset.insert) {
    insert(last && last.closest(".auto") === button.closest(".auto") ? last : field, button.dataset.insert);
    return;
  }
  field.value = button.dataset.use;
  field.focus();
  typed(field);
});

function openNamed() {
  const card = location.hash && document.getElementById(location.hash.slice(1));
  const details = card && card.querySelector("details");
  if (details) details.open = true;
}
window.addEventListener("hashchange", openNamed);
openNamed();

const wrong = document.querySelector(".auto [aria-invalid]");
if (wrong) wrong.focus();
