// An identity provider that somebody else wrote (npm oidc-provider, certified by the
// OpenID Foundation): anybody signs in there with any password, and is of the crew.
// It tells Ringback who has signed out, by the name of the session if SESSIONS is set
// and by the person's otherwise. It prints its address, then what came of what it
// told, and ends when its input does.

import { createServer } from "node:http";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const { Provider } = await import(pathToFileURL(join(process.env.BROWSER_TOOLS, "node_modules/oidc-provider/lib/index.js")));

console.info = console.warn = () => {}; // that it is made for trying
const server = createServer();
server.listen(0, "localhost", () => {
  const issuer = `http://localhost:${server.address().port}`;
  const back = process.env.RINGBACK_URL;
  const provider = new Provider(issuer, {
    clients: [{
      client_id: "ringback", client_secret: "a secret of the client", redirect_uris: [`${back}/sign-in/provider/callback`],
      backchannel_logout_uri: `${back}/sign-in/provider/logout`, backchannel_logout_session_required: Boolean(process.env.SESSIONS), grant_types: ["authorization_code"], response_types: ["code"],
    }],
    fetch: (url, { dispatcher, ...options }) => fetch(url, options), // Ringback is on this machine, where it would not go by itself
    features: { devInteractions: { enabled: true }, backchannelLogout: { enabled: true } },
    claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name"], groups: ["groups"] },
    findAccount: (_, id) => ({
      accountId: id,
      claims: () => ({ sub: id, email: `${id}@greenvalley.example`, email_verified: true, name: id, groups: ["crew"] }),
    }),
  });
  provider.on("backchannel.success", () => console.log("told"));
  provider.on("backchannel.error", (_, error) => console.log("not told:", error.message, error.cause?.message ?? ""));
  server.on("request", provider.callback());
  console.log(issuer);
});
process.stdin.on("end", () => process.exit()).resume();
