// How the widget talks with the gateway: what is to be sent waits in the
// browser's storage until it was taken, and what is new is read from a stream
// that goes on where it broke off.

/** storage keeps values under names of its own, in memory where a browser forbids more. */
export function storage(prefix) {
  const memory = {};
  return {
    get(name) {
      try {
        return JSON.parse(localStorage.getItem(prefix + name));
      } catch {
        return memory[name] ?? null;
      }
    },
    set(name, value) {
      memory[name] = value;
      try {
        if (value === null) localStorage.removeItem(prefix + name);
        else localStorage.setItem(prefix + name, JSON.stringify(value));
      } catch { /* then it lasts as long as the page */ }
    },
  };
}

/** subject is whom a site's token is about; null: it is none. The gateway alone can tell whether it is true. */
export function subject(token) {
  try {
    return JSON.parse(atob(token.split(".")[1].replace(/-/g, "+").replace(/_/g, "/"))).sub ?? null;
  } catch {
    return null;
  }
}

/** uuid is an id that nobody else makes; pages without TLS have no randomUUID. */
export const uuid = () => crypto.randomUUID?.()
  ?? [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");

const quiet = 45e3; // a stream that says nothing for so long is dead: it has a heartbeat every 20 s
const unseen = 15e3; // a hidden page lets its stream go after so long, as browsers have few for all tabs

/**
 * connect returns what talks with one chat. It tells by the functions of `on`:
 * items(items), read(seq), typing(), state("live" | "broken"), sent(id),
 * refused(message, error), slow() and reset(), when the visitor begins anew.
 * identity is the token by which the site says who the visitor is, if it does.
 */
export function connect(base, store, on, identity) {
  let place = 0; // the last seq that was heard
  let met = false; // the history was read
  let stream = null; // what aborts the one that runs
  let breaks = 0;
  let again, hiding, resend, entering;
  let flushing = false;

  async function ask(method, path, body, signal) {
    const headers = {};
    const token = store.get("token");
    if (token) headers.Authorization = `Bearer ${token}`;
    if (body) headers["Content-Type"] = "application/json";
    const answer = await fetch(base + path, {
      method, headers, signal, body: body && JSON.stringify(body), credentials: "omit", cache: "no-store",
    });
    if (answer.ok) return answer;
    const problem = await answer.json().catch(() => ({}));
    throw Object.assign(new Error(problem.detail ?? ""), {
      status: answer.status, field: problem.errors?.[0]?.field, after: 1000 * answer.headers.get("Retry-After"),
    });
  }

  // enter makes this browser a visitor, once. What it said as a stranger goes
  // along to whom the site knows.
  const enter = () => (entering ??= ask("POST", "/visitors", identity ? { identity } : {}).then((answer) => answer.json())
    .then(({ token }) => {
      store.set("token", token);
      store.set("who", who);
    }).finally(() => { entering = null; }));

  // Who was signed in and is no longer, or is somebody else, leaves nothing behind.
  const who = subject(identity);
  const was = store.get("who");
  if (was && was !== who) for (const name of ["token", "who", "queue", "draft", "ticket"]) store.set(name, null);

  // known asks as a visitor; one whom the gateway forgot begins anew.
  async function known(...asked) {
    if (!store.get("token")) await enter();
    try {
      return await ask(...asked);
    } catch (error) {
      if (error.status !== 401) throw error;
      if (stream && stream.signal !== asked[3]) { // it listens as who they were
        stream.abort("moved on");
        stream = null;
      }
      store.set("token", null);
      anew();
      await enter();
      return ask(...asked);
    }
  }

  function anew() {
    place = 0;
    met = false;
    on.reset();
  }

  // recognize tells the gateway whom the site has signed in, unless it knows.
  async function recognize() {
    if (!who || store.get("who") === who) return;
    await enter();
    stream?.abort("moved on");
    stream = null;
    anew();
    listen();
  }

  // carry is ask for a file: only so does a browser tell how far it is.
  const carry = (file, progress) => new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", `${base}/files?name=${encodeURIComponent(file.name.slice(0, 200))}`);
    request.setRequestHeader("Authorization", `Bearer ${store.get("token")}`);
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.responseType = "json";
    request.upload.onprogress = (event) => progress(event.loaded / event.total);
    request.onerror = () => reject(new Error(""));
    request.onload = () => (request.status === 201 ? resolve(request.response)
      : reject(Object.assign(new Error(request.response?.detail ?? ""), { status: request.status })));
    request.send(file);
  });

  const queue = () => store.get("queue") ?? [];
  const drop = (id) => store.set("queue", queue().filter((one) => one.id !== id));

  // flush sends what waits, one after the other, until all is taken.
  async function flush() {
    if (flushing) return;
    flushing = true;
    clearTimeout(resend);
    for (let tries = 0, one; (one = queue()[0]);) {
      try {
        await known("POST", "/messages", one);
        drop(one.id);
        tries = 0;
        on.sent(one.id);
        listen();
      } catch (error) {
        const lasting = error.status >= 400 && error.status < 500 && ![401, 408, 425, 429].includes(error.status);
        if (lasting) {
          drop(one.id);
          on.refused(one, error);
          continue;
        }
        if (error.status === 429) on.slow();
        else on.state("broken");
        resend = setTimeout(flush, Math.max(error.after || 0, pause(tries++ + breaks)));
        break;
      }
    }
    flushing = false;
  }

  const pause = (n) => Math.min(30e3, 500 * 2 ** n) * (0.5 + Math.random());

  // listen reads the stream, for as long as the page is looked at.
  async function listen() {
    if (stream || !store.get("token") || document.hidden) return;
    clearTimeout(again);
    const end = new AbortController();
    stream = end;
    const began = Date.now();
    let wait = 0;
    try {
      if (!met) {
        const { items, read_seq: read } = await (await known("GET", "/messages", null, end.signal)).json();
        met = true;
        on.read(read);
        hear(items);
      }
      const answer = await known("GET", `/stream?after=${place}`, null, end.signal);
      on.state("live");
      await read(answer.body.getReader(), end);
    } catch (error) {
      wait = error.after || 0;
    }
    if (stream === end) stream = null;
    if (end.signal.reason === "moved on" || document.hidden) return;
    breaks = Date.now() - began > 10e3 ? 0 : breaks + 1;
    if (breaks > 1) on.state("broken");
    again = setTimeout(listen, Math.max(wait, pause(breaks)));
  }

  async function read(reader, end) {
    const decoder = new TextDecoder();
    let rest = "";
    for (;;) {
      const dead = setTimeout(() => end.abort("quiet"), quiet);
      const { done, value } = await reader.read().finally(() => clearTimeout(dead));
      if (done) return;
      const parts = (rest + decoder.decode(value, { stream: true })).split("\n\n");
      rest = parts.pop();
      parts.forEach(told);
    }
  }

  function told(part) {
    const field = (name) => part.split("\n").find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2);
    const event = field("event");
    if (event === "message") hear([JSON.parse(field("data"))]);
    if (event === "typing") on.typing();
  }

  // hear passes on what was not heard before.
  function hear(items) {
    const fresh = items.filter((item) => item.seq > place);
    if (fresh.length === 0) return;
    place = fresh.at(-1).seq;
    on.items(fresh);
  }

  // wake begins at once what a pause holds back.
  function wake() {
    breaks = 0;
    stream?.abort("moved on");
    stream = null;
    listen();
    flush();
  }
  addEventListener("online", wake);
  addEventListener("offline", () => on.state("broken"));
  document.addEventListener("visibilitychange", () => {
    clearTimeout(hiding);
    if (!document.hidden) {
      if (!stream) wake();
      return;
    }
    hiding = setTimeout(() => {
      stream?.abort("moved on");
      stream = null;
    }, unseen);
  });

  return {
    queue, flush, listen, recognize,
    greet: async (lang) => (await ask("GET", `?lang=${encodeURIComponent(lang)}`)).json(),
    send(text, files) {
      const one = { id: uuid(), text, ...files && { files } };
      store.set("queue", [...queue(), one]);
      flush();
      return one;
    },
    // upload sends a file and tells how much of it is there; a message then
    // names it. A visitor whom the gateway forgot begins anew, as ever.
    async upload(file, progress) {
      if (!store.get("token")) await enter();
      try {
        return await carry(file, progress);
      } catch (error) {
        if (error.status !== 401) throw error;
        await known("GET", "/messages");
        return carry(file, progress);
      }
    },
    async leave(ticket) {
      await known("POST", "/tickets", ticket);
      listen();
    },
    // What is lost of these does no harm.
    typing: () => { if (store.get("token")) ask("POST", "/typing", {}).catch(() => {}); },
    read: (seq) => ask("POST", "/read", { seq }).catch(() => {}),
  };
}
