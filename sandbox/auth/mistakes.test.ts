import { describe, expect, it } from 'vitest';
import { loadMistakes, parseMistakes } from './mistakes.ts';

const { token, api } = await loadMistakes();

describe('the mistakes of a caller', () => {
  it.each([
    ['token', token],
    ['api', api],
  ])('each have an answer of their own: no two of %s are told the same', (_part, mistakes) => {
    const said = Object.values(mistakes).map(({ status, error, words }) => `${status} ${error} ${words}`);
    expect(said.filter((one, index) => said.indexOf(one) !== index)).toEqual([]);
  });

  // Written from the platform's documents, beside what is sent: signed-jwt.test.ts and openid/*.test.ts hold that to mistakes.yaml.
  it.each([
    ['alg-invalid', 400, 'RS512'],
    ['kid-missing', 400, "'kid'"],
    ['kid-unknown', 401, "'kid'"],
    ['typ-invalid', 400, "must be 'JWT'"],
    ['iss-not-sub', 400, "non-matching 'iss'/'sub'"],
    ['client-unknown', 401, "Invalid 'iss'/'sub'"],
    ['aud-invalid', 401, "'aud'"],
    ['exp-past', 400, 'has expired'],
    ['exp-too-far', 400, '5 minutes'],
    ['jti-used', 400, 'Non-unique'],
    ['signature-invalid', 401, 'signature'],
    ['jwks-unreachable', 403, 'JWKS'],
    ['assertion-type', 400, 'client_assertion_type'],
    ['grant-type-invalid', 400, 'grant_type'],
  ])('%s is %i, and names %s', (mistake, status, words) => {
    expect(token[mistake]).toMatchObject({ status, words: expect.stringContaining(words) });
  });

  it.each([
    ['token-expired', 401],
    ['token-invalid', 401],
    ['not-entitled', 403],
  ])('%s is %i at an API', (mistake, status) => {
    expect(api[mistake]?.status).toBe(status);
  });

  it('are refused with the place where one lacks its source', () => {
    const yaml = 'sources: {}\ntoken: { a-b: { status: 400, error: e, words: w, source: nowhere } }\napi: {}';
    expect(() => parseMistakes(yaml)).toThrow('a-b: the source nowhere is not among sources');
  });
});
