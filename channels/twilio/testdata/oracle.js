// Writes signatures.json: requests signed by Twilio's own library for Node, an
// independent signer for our validator. The random inputs come from a fixed
// seed, so that a second run writes the same file.
//
//	npm install --no-save --prefix /some/folder twilio@6.2.0
//	NODE_PATH=/some/folder/node_modules node oracle.js > signatures.json
const { createHash } = require("crypto");
const { getExpectedTwilioSignature, validateRequest } = require("twilio/lib/webhooks/webhooks");

let seed = 20250101;
const random = (n) => {
  seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
  return Math.floor((seed / 4294967296) * n);
};
const pick = (list) => list[random(list.length)];

// No character beyond the BMP stands beside one from U+E000 on: Node sorts by
// UTF-16 units and everybody else by bytes, and there the two orders differ.
const alphabet = [..." !\"#$%&'()*+,-./0189:;<=>?@AZ[\\]^_`az{|}~éñÄßж中あ👋🏽\n\r\t\u0000\u200d"];
const text = (max) => Array.from({ length: random(max) }, () => pick(alphabet)).join("");
const names = ["Body", "From", "To", "CallSid", "CallStatus", "Called", "MediaUrl0", "MediaUrl1", "MediaUrl10",
  "Sid", "SidAccount", "a", "A", "_", "[x]", "ß", "X-Y", "name with space"];

const url = () => {
  const scheme = pick(["https", "https", "http"]);
  const user = pick(["", "", "", "user@", "user:pa55@"]);
  const host = pick(["gw.example", "a-b.example.co.uk", "203.0.113.7", "[2001:db8::1]", "Mixed.Example"]);
  const port = pick(["", "", ":443", ":80", ":8443"]);
  const path = pick(["/webhooks/twilio/messages", "/a/b/", "/", "/%7Ejoe/x", "/enc%2Fslash"]);
  const query = pick(["", "", "?delivery=018f-77", "?a=1&b=%20&c=+&d=%2B", "?q=It's+fine", "?empty="]);
  return { scheme, user, host, port, tail: path + query };
};
const write = (u, port) => `${u.scheme}://${u.user}${u.host}${port}${u.tail}`;

const vectors = [];
for (let i = 0; i < 300; i++) {
  const token = "token" + random(1e9);
  const u = url();
  const standard = u.scheme === "https" ? ":443" : ":80";
  // Twilio signs with or without the port; the door sees what was configured.
  const signed = pick([write(u, u.port), write(u, ""), write(u, u.port || standard)]);
  const requested = write(u, u.port) + pick(["", "", "#rc=5&rp=all"]);
  const params = {};
  for (let n = random(8); n > 0; n--) {
    params[pick(names)] = random(4) ? text(40) : Array.from({ length: 2 + random(3) }, () => text(4));
  }
  const signature = getExpectedTwilioSignature(token, signed, params);
  if (!validateRequest(token, signature, requested.split("#")[0], params)) throw new Error("the library refuses " + requested);
  vectors.push({ kind: "form", token, url: requested, params, signature });
}
for (let i = 0; i < 40; i++) {
  const token = "token" + random(1e9);
  const body = JSON.stringify({ text: text(60), n: random(1e6) });
  const u = url();
  u.tail += (u.tail.includes("?") ? "&" : "?") + "bodySHA256=" + createHash("sha256").update(body).digest("hex");
  vectors.push({ kind: "json", token, url: write(u, u.port), body, signature: getExpectedTwilioSignature(token, write(u, u.port), {}) });
}
for (let i = 0; i < 20; i++) {
  const token = "token" + random(1e9);
  const u = url();
  vectors.push({ kind: "get", token, url: write(u, u.port), signature: getExpectedTwilioSignature(token, write(u, u.port), {}) });
}
console.log(JSON.stringify(vectors, null, 1));
