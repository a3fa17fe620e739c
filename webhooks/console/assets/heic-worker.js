// Decodes one HEIC picture with libheif (LGPL-3.0, see libheif.txt beside it) and answers
// with a JPEG of a size to look at, or null. It is begun for each picture and ended by
// the page, may compile WebAssembly and connect to nothing: its policy comes with it.
"use strict";

/** The most pixels that a picture may have, whatever part of it says so. */
const most = 50_000_000;

/** How much memory the engine may take, in bytes: 50 million pixels need a third of it. */
const room = 768 << 20;

/** How long the longer side may be of what is shown. */
const longest = 2048;

const grow = WebAssembly.Memory.prototype.grow;
WebAssembly.Memory.prototype.grow = function (pages) {
  if (this.buffer.byteLength + pages * 65536 > room) throw new RangeError("too large");
  return grow.call(this, pages);
};

async function decode({ library, engine, picture }) {
  importScripts(library);
  const heif = self.libheif({ wasmBinary: engine });
  const limits = heif.heif_get_global_security_limits();
  heif.HEAPU32.set([most, 0], limits / 4 + 2); // max_image_size_pixels, 64 bits
  const images = new heif.HeifDecoder().decode(picture);
  const image = images.find((one) => one.is_primary()) || images[0];
  const [width, height] = [image.get_width(), image.get_height()];
  if (!(width > 0 && height > 0 && width * height <= most)) throw new RangeError("too large");
  const whole = new ImageData(width, height);
  if (!(await new Promise((done) => image.display(whole, done)))) throw new Error("not decoded");

  const scale = Math.min(1, longest / Math.max(width, height));
  const canvas = new OffscreenCanvas(Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale)));
  const paper = canvas.getContext("2d");
  paper.fillStyle = "white"; // shines through
  paper.fillRect(0, 0, canvas.width, canvas.height);
  paper.drawImage(await createImageBitmap(whole, { resizeWidth: canvas.width, resizeHeight: canvas.height, resizeQuality: "high" }), 0, 0);
  return canvas.convertToBlob({ type: "image/jpeg", quality: 0.9 });
}

self.addEventListener("message", (e) => {
  decode(e.data).then((drawn) => self.postMessage(drawn), () => self.postMessage(null));
});
