import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createCapture } from './journal-capture.ts';
import { REDACTED, redactBody, redactUrl } from './redact.ts';

const SECRET = 'fp_k3y.That-opens_4ll';
const OWN = 'own-credential-here';
const capture = createCapture(65_536, new Set(['an-admin-key-9']));
const stored = (half: Parameters<typeof capture.half>[0], known = new Set<string>()): string => {
  const [json, body] = capture.half(half, known);
  return `${json}\n${body === null ? '' : Buffer.from(body).toString()}`;
};
const withBody = (type: string, body: string) => ({ headers: { 'Content-Type': type }, body });

describe('redaction', () => {
  it.each([
    ['Authorization', { headers: { Authorization: `Bearer ${SECRET}` } }],
    ['Authorization without a scheme', { headers: { authorization: SECRET } }],
    ['Authorization: Basic', { headers: { authorization: `Basic ${Buffer.from(`u:${SECRET}`).toString('base64')}` } }],
    ['Proxy-Authorization', { headers: { 'proxy-authorization': `Basic ${SECRET}` } }],
    ['Cookie', { headers: { cookie: `session=${SECRET}; other=1` } }],
    ['Set-Cookie', { headers: { 'set-cookie': `session=${SECRET}; HttpOnly` } }],
    ['X-API-Key', { headers: { 'X-API-Key': SECRET } }],
    ['apikey', { headers: { apikey: SECRET } }],
    ['Ocp-Apim-Subscription-Key', { headers: { 'Ocp-Apim-Subscription-Key': SECRET } }],
    ['a scheme in any header', { headers: { 'x-forwarded-auth': `Bearer ${SECRET}` } }],
    ['?key=', { url: `/api/sandboxes/x/events?after=3&key=${SECRET}`, headers: {} }],
    ['?access_token= in capitals and encoded', { url: `/x?ACCESS%5FTOKEN=${SECRET}`, headers: {} }],
    ['user info of a URL', { url: `https://user:${SECRET}@example.org/x`, headers: {} }],
    ['a token in a Location', { headers: { location: `https://example.org/cb?token=${SECRET}#x` } }],
    [
      'a code that a browser is sent back with',
      { headers: { location: `https://example.org/cb?code=${SECRET}&iss=x` } },
    ],
    ['a form', withBody('application/x-www-form-urlencoded', `grant_type=client_credentials&client_secret=${SECRET}`)],
    ['a code in a form', withBody('application/x-www-form-urlencoded', `grant_type=authorization_code&code=${SECRET}`)],
    ['a token reply', withBody('application/json', `{"token_type":"Bearer","access_token" : "${SECRET}"}`)],
    ['a nested member', withBody('application/json;charset=utf-8', `{"a":[{"clientSecret":"${SECRET}"}]}`)],
    ['a member that the cap cut off', withBody('application/json', `{"refresh_token":"${SECRET}`)],
    [
      'a FHIR Subscription',
      withBody('application/fhir+json', `{"channel":{"header":["Authorization: Bearer ${SECRET}"]}}`),
    ],
    ['the reply of an echo server', withBody('text/plain', `you sent Authorization=Bearer ${SECRET}`)],
  ])('hides a credential in %s', (_, half) => {
    const text = stored(half);
    expect(text).not.toContain(SECRET);
    expect(text).not.toContain(Buffer.from(`u:${SECRET}`).toString('base64'));
    expect(text).toContain(REDACTED);
  });

  it('finds what the request carried wherever the reply repeats it', () => {
    const known = new Set<string>();
    stored({ headers: { authorization: `Bearer ${SECRET}` } }, known);
    const reply = stored({ headers: { 'x-debug': `got ${SECRET}` }, body: `{"seen":"${SECRET}"}` }, known);
    expect(reply).not.toContain(SECRET);
  });

  it.each([
    ['the path of a URL', { url: `/sandboxes/x/FHIR/R4/Patient/${OWN}`, headers: {} }],
    ['a search', { url: `/sandboxes/x/FHIR/R4/Patient?family=${OWN}&_count=1`, headers: {} }],
    ['any header', { headers: { 'x-request-id': OWN } }],
    ['a resource', withBody('application/fhir+json', `{"resourceType":"Patient","language":"${OWN}"}`)],
  ])('knows our own keys and credentials by their form, in %s', (_, half) => {
    for (const kind of ['fp_', 'fpk_']) {
      const secret = `${kind}${'aB3-_'.repeat(6)}xy`;
      const text = stored(JSON.parse(JSON.stringify(half).replaceAll(OWN, secret)));
      expect(text).not.toContain(secret);
      expect(text).toContain(REDACTED);
    }
  });

  it('finds in the URL what a header of the same request says is a credential', () => {
    const half = { url: `/x?family=${SECRET}`, headers: { authorization: `Bearer ${SECRET}` } };
    expect(stored(half)).not.toContain(SECRET);
  });

  it('hides a registered secret under any name', () => {
    expect(stored({ headers: { 'x-anything': 'an-admin-key-9' }, body: 'it is an-admin-key-9' })).not.toContain(
      'an-admin-key-9',
    );
  });

  it.each([
    ['a search', { url: '/Observation?code=http://loinc.org|1234-5&patient=9000000009', headers: {} }],
    [
      'words that name a scheme',
      withBody('application/fhir+json', '{"text":"Basic metabolic panel, standard bearer"}'),
    ],
    ['an ETag', { headers: { etag: 'W/"3"', 'x-request-id': '60E0B220-8136-4CA5-AE46-1D97EF59D068' } }],
    ['a question in a text', withBody('text/plain', 'who has the key? token=none')],
  ])('leaves %s as it was sent', (_, half) => {
    expect(stored(half)).not.toContain(REDACTED);
  });

  it('keeps the scheme, so that a reader sees what kind of credential was there', () => {
    expect(stored({ headers: { authorization: `Bearer ${SECRET}` } })).toContain(`"Bearer ${REDACTED}"`);
  });

  it('changes no URL whose parameters are not credentials', () => {
    const name = fc.stringMatching(/^[a-z_-]{1,12}$/).filter((text) => !/key|token|secret|assert|passw/.test(text));
    fc.assert(
      fc.property(fc.array(fc.tuple(name, fc.webQueryParameters())), (pairs) => {
        const url = `/FHIR/R4/Patient?${pairs.map(([key, value]) => `${key}=${encodeURIComponent(value)}`).join('&')}`;
        expect(redactUrl(url, new Set())).toBe(url);
      }),
    );
  });

  it('never lets through the value of a bearer token, whatever it is and wherever the body has it', () => {
    const token = fc.stringMatching(/^[A-Za-z0-9._~-]{8,60}$/);
    fc.assert(
      fc.property(token, fc.string(), fc.string(), (value, before, after) => {
        const known = new Set<string>();
        stored({ headers: { authorization: `Bearer ${value}` } }, known);
        expect(stored({ headers: {}, body: `${before}${value}${after}` }, known).split('\n')[1]).not.toContain(value);
      }),
    );
  });

  it('passes bytes that are not text through one to one', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const body = Buffer.from(bytes);
        expect(redactBody(body, 'application/octet-stream', new Set(['absent-secret']), new Set())).toBe(body);
      }),
    );
  });

  it.each([
    ['white space', `Authorization:${' '.repeat(60_000)}`],
    ['half members', '{"a_token":"'.repeat(5_000)],
    ['one long name', `"${'a_'.repeat(30_000)}`],
    ['backslashes', `"access_token":"${'\\'.repeat(60_000)}`],
    ['schemes', 'Bearer '.repeat(9_000)],
  ])('is not slowed down by %s', (_, body) => {
    const before = performance.now();
    stored(withBody('application/json', body));
    expect(performance.now() - before).toBeLessThan(1000);
  });
});
