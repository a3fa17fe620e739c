// Looks for new letters, and leaves the page alone while there are none.
const letters = document.getElementById("letters");

setInterval(async () => {
  if (document.hidden) return;
  try {
    const answer = await fetch("/phone/mail");
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const found = page.getElementById("letters");
    if (found && found.innerHTML !== letters.innerHTML) letters.replaceChildren(...found.childNodes);
  } catch {
    // the demo is stopped; the letters stay
  }
}, 2000);
