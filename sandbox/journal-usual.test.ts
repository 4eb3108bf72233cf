import { describe, expect, it } from 'vitest';
import { COMMON_HEADERS } from './http/headers.ts';
import { createCapture } from './journal-capture.ts';
import { NEWEST, USUAL, withUsual } from './journal-usual.ts';

const capture = createCapture(100, new Set());
const roundTrip = (headers: Record<string, string>) => {
  const [json] = capture.half({ status: 200, headers }, new Set());
  const { usual, headers: written } = JSON.parse(json);
  return { json, headers: withUsual(usual, written) };
};

describe('headers that stand on every answer', () => {
  it('are the newest set', () => {
    expect(USUAL[NEWEST]).toEqual(COMMON_HEADERS);
  });

  it('are named in the journal in place of being written, and shown as they were sent', () => {
    const sent = { ...COMMON_HEADERS, etag: 'W/"1"' };
    const { json, headers } = roundTrip(sent);
    expect(headers).toEqual(sent);
    expect(Object.keys(headers)).toEqual(Object.keys(sent));
    expect(json).not.toContain('nosniff');
  });

  it.each([
    ['one of them says something else', { ...COMMON_HEADERS, 'cache-control': 'max-age=60' }],
    ['one of them is missing', { 'cache-control': 'no-store', etag: 'W/"1"' }],
  ])('are written out where %s', (_, sent) => {
    const { json, headers } = roundTrip(sent);
    expect(headers).toEqual(sent);
    expect(json).not.toContain('usual');
  });
});
