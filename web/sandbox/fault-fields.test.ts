import { describe, expect, it } from 'vitest';
import { describeEffect, describeScope, faultOf } from './fault-fields.ts';

const enter = (entered: Record<string, string>) => faultOf((name) => ({ participant: 'provider', ...entered })[name]);

describe('a fault from the form', () => {
  it.each([
    [{ kind: 'latency', ms: '2000' }, { kind: 'latency', ms: 2000 }, 'answers 2000 ms late'],
    [{ kind: 'status', status: '503', retryAfter: '' }, { kind: 'status', status: 503 }, 'answers 503'],
    [
      { kind: 'status', status: '429', retryAfter: '5' },
      { kind: 'status', status: 429, retryAfter: 5 },
      'answers 429, Retry-After 5 s',
    ],
    [{ kind: 'drop' }, { kind: 'drop' }, 'drops the connection'],
    [{ kind: 'etag', etag: 'missing' }, { kind: 'etag', as: 'missing' }, 'sends no ETag'],
    [{ kind: 'etag', etag: 'stale' }, { kind: 'etag', as: 'stale' }, 'sends a stale ETag'],
    [{ kind: 'unechoed-id' }, { kind: 'unechoed-id' }, 'does not echo the request id'],
    [
      { kind: 'content-type', contentType: 'text/html' },
      { kind: 'content-type', as: 'text/html' },
      'says its content is text/html',
    ],
    [{ kind: 'message', message: 'nack' }, { kind: 'message', as: 'nack' }, 'has its messages refused by the broker'],
    [
      { kind: 'message', message: 'late' },
      { kind: 'message', as: 'late' },
      'gets its messages when it has given them up',
    ],
    [{ kind: 'message', message: 'uncorrelated' }, { kind: 'message', as: 'uncorrelated' }, 'gets answers to nothing'],
    [{ kind: 'mllp', mllp: 'AR' }, { kind: 'mllp', as: 'AR' }, 'acknowledges with AR, a rejection'],
    [{ kind: 'mllp', mllp: 'none' }, { kind: 'mllp', as: 'none' }, 'acknowledges not at all'],
  ])('%j', (entered, effect, words) => {
    const fault = enter(entered as Record<string, string>);
    expect(fault).toEqual({ participant: 'provider', effect });
    expect(typeof fault === 'string' ? fault : describeEffect(fault.effect)).toBe(words);
  });

  it('carries when it strikes', () => {
    const fault = enter({
      kind: 'drop',
      operation: 'patchResource',
      match: '9000000009',
      probability: '50',
      times: '2',
    });
    expect(fault).toEqual({
      participant: 'provider',
      effect: { kind: 'drop' },
      operation: 'patchResource',
      match: '9000000009',
      probability: 0.5,
      times: 2,
    });
    expect(typeof fault === 'string' ? fault : describeScope(fault)).toBe(
      'patchResource, only for 9000000009, 50% of the time, 2 more times',
    );
  });

  it.each([
    [{ kind: 'latency', ms: '0' }, 'Delay must be 1 to 60000 ms'],
    [{ kind: 'status', status: '200' }, 'Status must be 400 to 599'],
    [{ kind: 'content-type', contentType: '' }, 'Enter a content type'],
    [{ kind: 'drop', probability: '0' }, 'How often must be more than 0 and at most 100 percent'],
    [{ kind: 'drop', times: '1.5' }, 'Times must be a whole number from 1'],
  ])('%j is refused in words', (entered, message) => {
    expect(enter(entered as Record<string, string>)).toBe(message);
  });
});
