// A list in an order that counts: a card is dragged by its dots, with a mouse or a finger,
// and moved by its buttons, on which the arrows up and down do the same. The buttons do
// without scripts.
"use strict";

document.addEventListener("pointerdown", (e) => {
  const handle = e.target.closest("[data-drag]");
  if (!handle || e.button !== 0) return;
  e.preventDefault(); // no words are selected on the way
  const card = handle.closest("li");
  const list = card.parentElement;
  const before = [...list.children];
  const middle = (other) => other.getBoundingClientRect().top + other.offsetHeight / 2;
  let y; // where the pointer was moved to
  // The others are put on its other side: what is dragged itself is never taken out, with
  // which the browser would let go of it.
  const settle = () => {
    let other;
    while ((other = card.previousElementSibling) && y < middle(other)) card.after(other);
    while ((other = card.nextElementSibling) && y > middle(other)) card.before(other);
  };
  const drag = (e) => {
    y = e.clientY;
    settle();
  };
  // At the window's upper and lower edge the page rolls on.
  const roll = () => {
    if (done.signal.aborted) return;
    const by = y < 64 ? -8 : y > innerHeight - 64 ? 8 : 0;
    if (by) {
      scrollBy({ top: by, behavior: "instant" });
      settle();
    }
    requestAnimationFrame(roll);
  };
  const back = () => list.append(...before);
  const done = new AbortController();
  const on = (kind, act) => document.addEventListener(kind, act, { signal: done.signal });
  const end = (dropped) => {
    done.abort();
    card.classList.remove("dragged");
    const place = [...list.children].indexOf(card);
    if (!dropped) back();
    else if (place !== before.indexOf(card)) put(card.dataset.id, place, back);
  };
  handle.setPointerCapture(e.pointerId);
  card.classList.add("dragged");
  on("pointermove", drag);
  on("pointerup", () => end(true));
  on("pointercancel", () => end(false));
  on("keydown", (e) => e.key === "Escape" && end(false));
  requestAnimationFrame(roll);
});

// put sends where one is to stand; failed puts the page back when nobody answers.
function put(id, place, failed) {
  const form = document.getElementById("order");
  const move = document.createElement("input");
  move.type = "hidden";
  move.name = "move";
  move.value = `${id} ${place}`;
  form.append(move);
  form.addEventListener("htmx:afterRequest", (e) => {
    move.remove();
    if (!e.detail.successful) failed();
  }, { once: true });
  form.requestSubmit();
}

document.addEventListener("click", (e) => {
  const button = e.target.closest("[data-way]");
  if (!button) return;
  e.preventDefault(); // the button stands outside of its form, where htmx does not hear it
  const [id, place] = button.value.split(" ");
  put(id, place, () => {});
});

document.addEventListener("keydown", (e) => {
  const way = { ArrowUp: "up", ArrowDown: "down" }[e.key];
  const card = way && e.target.closest("[data-way]")?.closest("li");
  if (!card || e.ctrlKey || e.metaKey || e.altKey) return;
  e.preventDefault(); // the page stays where it is
  card.querySelector(`[data-way=${way}]`).click();
});
