// Sends photos and videos in parts, shows how far it is, and goes on after a
// break. Nothing here is needed: without it the form is sent as it is.
"use strict";
for (const form of document.querySelectorAll("form[data-upload]")) {
  const box = form.querySelector(".progress"), bar = box.querySelector("progress"), words = box.querySelector("p");
  const pick = form.querySelector("input[type=file]"), button = form.querySelector("button");
  const part = 4 << 20;
  const wait = (ms) => new Promise((go) => setTimeout(go, ms));
  const done = new Map(); // what has come whole already, should one of the others fail

  const fault = (text) => { box.hidden = false; bar.hidden = true; words.textContent = text; words.className = "notice bad"; button.disabled = false; };

  // patch sends a part, and tells how much of it has left.
  const patch = (at, offset, body, moved) => new Promise((answered, broken) => {
    const request = new XMLHttpRequest();
    request.open("PATCH", at);
    request.setRequestHeader("Upload-Offset", offset);
    request.upload.onprogress = (e) => moved(offset + e.loaded);
    request.onload = () => answered(request);
    request.onerror = () => broken(new Error("broken"));
    request.send(body);
  });

  async function send(file, moved) {
    const began = await fetch(form.dataset.upload + "?" + new URLSearchParams({ name: file.name, size: file.size }), { method: "POST" });
    if (!began.ok) throw new Error(box.dataset.wrong);
    const at = began.headers.get("Location");
    let offset = 0, tries = 0;
    while (offset < file.size) {
      try {
        const sent = await patch(at, offset, file.slice(offset, offset + part), moved);
        if (sent.status === 422 || sent.status === 413) throw Object.assign(new Error(box.dataset.wrong), { final: true });
        if (sent.status > 299 && sent.status !== 409) throw new Error(sent.status);
        offset = Number(sent.getResponseHeader("Upload-Offset"));
        tries = 0;
      } catch (e) {
        if (e.final || ++tries > 8) throw new Error(e.final ? e.message : box.dataset.broken);
        await wait(Math.min(1000 * 2 ** tries, 15000));
        const there = await fetch(at, { method: "HEAD" }).catch(() => null);
        if (there && there.ok) offset = Number(there.headers.get("Upload-Offset"));
      }
      moved(offset);
    }
    return at.split("/").pop();
  }

  form.addEventListener("submit", async (event) => {
    const files = [...pick.files];
    if (!files.length) return;
    event.preventDefault();
    if (files.length > 10) return fault(box.dataset.many);
    button.disabled = true;
    box.hidden = bar.hidden = false;
    words.className = "";
    const total = files.reduce((n, f) => n + f.size, 0) || 1;
    let before = 0;
    try {
      for (const file of files) {
        words.textContent = file.name;
        if (!done.has(file)) done.set(file, await send(file, (n) => { bar.value = (before + n) / total; }));
        before += file.size;
        bar.value = before / total;
      }
      const body = new URLSearchParams({ form: form.elements.form.value, comment: form.elements.comment.value });
      for (const file of files) body.append("upload", done.get(file));
      const answer = await fetch(form.dataset.upload.replace(/\/uploads$/, ""), { method: "POST", body, redirect: "manual" });
      if (answer.type !== "opaqueredirect" && !answer.ok) throw new Error(box.dataset.broken);
      location.reload();
    } catch (e) {
      fault(e.message);
    }
  });
}
