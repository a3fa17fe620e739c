// Passkeys: a form with data-passkey asks the browser for one before it is sent, to
// make it ("create") or to show it ("get"). What to ask for stands at data-begin.
// Where a browser knows none, such forms stay hidden.

for (const form of document.querySelectorAll("form[data-passkey]")) {
  const known = globalThis.PublicKeyCredential?.parseRequestOptionsFromJSON;
  if (!known) continue;
  form.hidden = false;
  form.addEventListener("submit", async (event) => {
    const answer = form.querySelector("[data-answer]");
    if (answer.value) return;
    event.preventDefault();
    const button = form.querySelector("button");
    button.disabled = true;
    try {
      const asked = await fetch(form.dataset.begin, { method: "POST" });
      if (asked.status === 403) {
        location.assign("/account/prove?next=" + encodeURIComponent(location.pathname));
        return;
      }
      const { publicKey } = await asked.json();
      const made = form.dataset.passkey === "create"
        ? await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(publicKey) })
        : await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(publicKey) });
      answer.value = JSON.stringify(made.toJSON());
      form.requestSubmit(button);
    } catch {
      form.querySelector("[data-failed]").hidden = false; // closed, or not possible with this device
    } finally {
      button.disabled = false;
    }
  });
}
