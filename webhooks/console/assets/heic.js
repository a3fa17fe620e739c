// Shows a HEIC picture, <img data-heic>, where the browser does not by itself: libheif
// decodes it in a worker of its own, which ends with it. What takes too long or is too
// large stays as the page has it, with a link to save it.
"use strict";

const { worker: workerAt, library: libraryAt, engine: engineAt } = document.currentScript.dataset;

/** For how long one picture may compute, in milliseconds. */
const patience = 30_000;

/** What was drawn on this page, or could not be, by address: the story is put there anew when it moves on. */
const drawn = new Map();

let engine; // what the library runs, loaded once
let last = Promise.resolve(); // one picture at a time

async function load(address) {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.arrayBuffer();
}

async function decode(address) {
  engine ??= load(engineAt).catch((fault) => {
    engine = undefined;
    throw fault;
  });
  const [picture, runs] = await Promise.all([load(address), engine]);
  const worker = new Worker(workerAt);
  try {
    return await new Promise((resolve, reject) => {
      worker.addEventListener("message", (e) => (e.data ? resolve(URL.createObjectURL(e.data)) : reject(new Error("not decoded"))));
      worker.addEventListener("error", reject);
      setTimeout(reject, patience);
      worker.postMessage({ library: libraryAt, engine: runs, picture }, [picture]);
    });
  } finally {
    worker.terminate();
  }
}

// draw shows a picture that the browser does not know.
async function draw(img) {
  const address = img.getAttribute("src");
  img.dataset.heic = "drawing";
  if (!drawn.has(address)) {
    drawn.set(address, (last = last.then(() => decode(address)).catch(() => null)));
  }
  const url = await drawn.get(address);
  img.dataset.heic = url ? "drawn" : "failed";
  if (!url) return;
  img.src = url;
  const larger = document.createElement("a");
  larger.href = url;
  larger.target = "_blank";
  img.replaceWith(larger);
  larger.append(img);
}

// shown says of a picture what a page cannot say before it is there.
function shown(img) {
  img.alt = img.dataset.alt;
  img.closest(".talk-heic").querySelector("small").hidden = true;
}

const look = (img) => (img.naturalWidth ? shown(img) : img.dataset.heic || draw(img));

for (const kind of ["load", "error"]) {
  document.addEventListener(kind, (e) => e.target.matches && e.target.matches("img[data-heic]") && look(e.target), true);
}
// What came before this listened, and what is put there anew.
function lookAll() {
  for (const img of document.querySelectorAll("img[data-heic]")) {
    if (img.complete || drawn.has(img.getAttribute("src"))) look(img);
  }
}
lookAll();
document.addEventListener("htmx:load", lookAll);
