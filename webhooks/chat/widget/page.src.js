// What the widget is built of: elements and icons, made without any HTML, so
// that nothing that somebody wrote can ever be read as some.

/** h makes an element; a property that is a function listens, one in aria or data is an attribute. */
export function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (typeof value === "function") element.addEventListener(name, value);
    else if (name in element) element[name] = value;
    else element.setAttribute(name, value);
  }
  element.append(...children.filter((one) => one != null));
  return element;
}

const shapes = {
  chat: "M4 5h16v11H9l-5 4z",
  attach: "M20 11.500 12 19.500a5 5 0 0 1-7-7l8.500-8.500a3.300 3.300 0 0 1 4.700 4.700l-8.500 8.500a1.700 1.700 0 0 1-2.300-2.400l7.600-7.600",
  close: "M6 6l12 12M18 6L6 18",
  send: "M4 12l16-8-6 16-3-6z",
  loud: "M4 9v6h4l5 4V5L8 9zM17 9a4 4 0 0 1 0 6M19.500 6.500a8 8 0 0 1 0 11",
  still: "M4 9v6h4l5 4V5L8 9zM17 10l4 4M21 10l-4 4",
  sending: "M12 7v5l3 2M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16z",
  sent: "M6 12l4 4 8-9",
  arrived: "M2 12l4 4 7-9M11 15l1 1 8-9",
};

/** icon is a stroke that says nothing: what it means has to stand beside it. */
export function icon(name) {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(space, "path");
  path.setAttribute("d", shapes[name]);
  svg.append(path);
  return svg;
}

/** linked is a text with its web addresses as links, which take nothing along. */
export function linked(text) {
  return text.split(/(https?:\/\/[^\s<>"]+[^\s<>"'.,;:!?)\]])/).map((part, n) =>
    (n % 2 ? h("a", { href: part, target: "_blank", rel: "noopener noreferrer nofollow" }, part) : part));
}

/** dress gives a shadow root its styles, in a way that a strict policy of the page allows. */
export function dress(root, css) {
  try {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    root.adoptedStyleSheets = [sheet];
  } catch { // browsers before 2023
    root.append(h("style", {}, css));
  }
}

/** paint sets the company's color, and black or white on it, whichever is read better. */
export function paint(element, color) {
  if (!/^#[0-9a-f]{6}$/i.test(color ?? "")) return;
  const light = [1, 3, 5].map((at) => parseInt(color.slice(at, at + 2), 16) / 255)
    .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
    .reduce((sum, c, n) => sum + c * [0.2126, 0.7152, 0.0722][n], 0);
  element.style.setProperty("--accent", color);
  element.style.setProperty("--on-accent", light > 0.179 ? "#000000" : "#ffffff");
}

/** beep is a short quiet sound. */
export function beep() {
  try {
    const audio = new AudioContext();
    const tone = audio.createOscillator();
    const volume = audio.createGain();
    volume.gain.value = 0.05;
    tone.connect(volume).connect(audio.destination);
    tone.frequency.value = 660;
    tone.start();
    tone.stop(audio.currentTime + 0.12);
    tone.onended = () => audio.close();
  } catch { /* then it is silent */ }
}
