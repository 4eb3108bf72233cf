import type { Authentication, Client } from '../data/sandbox-types.ts';
import { type Command, shellQuote } from './commands.ts';

/** base64url of what comes in, which openssl does not write itself. */
const B64 = `b64() { openssl base64 -A | tr '+/' '-_' | tr -d '='; }`;
/** Takes the token out of the reply, and leaves it where the commands of an endpoint expect it. */
const TAKE = `sed -n 's/.*"access_token":"\\([^"]*\\)".*/\\1/p'`;

const JWKS = `const { createPublicKey } = require("node:crypto"), { readFileSync } = require("node:fs");
const key = createPublicKey(readFileSync("key.pem")).export({ format: "jwk" });
console.log(JSON.stringify({ keys: [{ ...key, kid: "test-1", alg: "RS512", use: "sig" }] }));`;

const signedJwt = ({ tokenUrl }: Authentication, { clientId, kids: [kid = 'test-1'] = [] }: Client): Command[] => [
  {
    title: 'Make a key',
    text: `openssl genpkey -quiet -algorithm RSA -pkeyopt rsa_keygen_bits:4096 -out key.pem
node -e ${shellQuote(JWKS)} | tee jwks.json`,
  },
  {
    title: 'Get a token',
    text: `${B64}
TOKEN_URL=${shellQuote(tokenUrl)}
CLIENT_ID=${shellQuote(clientId)}
HEADER=$(printf '{"alg":"RS512","typ":"JWT","kid":"%s"}' ${shellQuote(kid)} | b64)
CLAIMS=$(printf '{"iss":"%s","sub":"%s","aud":"%s","jti":"%s","exp":%s}' "$CLIENT_ID" "$CLIENT_ID" "$TOKEN_URL" \\
  "$(openssl rand -hex 16)" "$(($(date +%s) + 300))" | b64)
SIGNATURE=$(printf '%s' "$HEADER.$CLAIMS" | openssl dgst -sha512 -sign key.pem -binary | b64)
REPLY=$(curl -sS "$TOKEN_URL" \\
  -d grant_type=client_credentials \\
  -d client_assertion_type=urn:ietf:params:oauth:client-assertion-type:jwt-bearer \\
  -d "client_assertion=$HEADER.$CLAIMS.$SIGNATURE")
echo "$REPLY"
TOKEN=$(echo "$REPLY" | ${TAKE})`,
  },
];

const users = (
  { tokenUrl, authorizeUrl = '' }: Authentication,
  { clientId, secret, redirectUris: [redirect = 'https://your-app.example/signed-in'] }: Client,
): Command[] => {
  const query = new URLSearchParams({
    client_id: clientId,
    response_type: 'code',
    scope: 'openid',
    redirect_uri: redirect,
  });
  const challenge = '&code_challenge=$CHALLENGE&code_challenge_method=S256&state=$(openssl rand -hex 8)';
  const field = (name: string, value: string): string => `  --data-urlencode ${shellQuote(`${name}=${value}`)} \\`;
  return [
    {
      title: 'Where to send the browser',
      text: `${B64}
VERIFIER=$(openssl rand -hex 32)
CHALLENGE=$(printf '%s' "$VERIFIER" | openssl dgst -sha256 -binary | b64)
echo "${authorizeUrl}?${query}${challenge}"`,
    },
    {
      title: 'Redeem the code',
      text: `CODE=  # of the address that the browser was sent back to
REPLY=$(curl -sS ${shellQuote(tokenUrl)} \\
  -d grant_type=authorization_code \\
${[
  field('client_id', clientId),
  ...(secret === undefined ? [] : [field('client_secret', secret)]),
  field('redirect_uri', redirect),
].join('\n')}
  -d "code=$CODE" -d "code_verifier=$VERIFIER")
echo "$REPLY"
TOKEN=$(echo "$REPLY" | ${TAKE})`,
    },
  ];
};

/** Ready to paste into one POSIX shell after the other: how a client gets its token. */
export const tokenCommands = (authentication: Authentication, client: Client): Command[] =>
  authentication.authorizeUrl === undefined ? signedJwt(authentication, client) : users(authentication, client);
