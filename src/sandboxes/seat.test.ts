import { describe, expect, it } from 'vitest';
import { readSeat, type SeatRequest } from './seat.ts';

const policy = { outboundAllow: ['10.1.0.0/16'], listensOnLoopbackOnly: true };

describe('a request for a seat', () => {
  it.each<[SeatRequest, object]>([
    [{ mode: 'simulated' }, { mode: 'simulated', url: null, mllpUrl: null, credential: null, queue: false }],
    [{ mode: 'external' }, { mode: 'external', url: null, mllpUrl: null, credential: null, queue: false }],
    [
      { mode: 'external', queue: true },
      { mode: 'external', url: null, mllpUrl: null, credential: null, queue: true },
    ],
    [
      { mode: 'stopped', queue: false },
      { mode: 'stopped', url: null, mllpUrl: null, credential: null, queue: false },
    ],
    [
      { mode: 'external', url: 'https://ehr.example/FHIR/R4/', credential: 'Basic abc' },
      { mode: 'external', url: 'https://ehr.example/FHIR/R4', mllpUrl: null, credential: 'Basic abc', queue: false },
    ],
    [
      { mode: 'external', url: 'http://127.0.0.1:9' },
      { mode: 'external', url: 'http://127.0.0.1:9', mllpUrl: null, credential: null, queue: false },
    ],
    [
      { mode: 'external', url: 'http://10.1.2.3' },
      { mode: 'external', url: 'http://10.1.2.3', mllpUrl: null, credential: null, queue: false },
    ],
    [
      { mode: 'external', url: 'https://ehr.example/FHIR/R4', mllpUrl: 'mllps://ehr.example:2575/' },
      {
        mode: 'external',
        url: 'https://ehr.example/FHIR/R4',
        mllpUrl: 'mllps://ehr.example:2575',
        credential: null,
        queue: false,
      },
    ],
  ])('%o is read', async (request, seat) => {
    expect(await readSeat(request, policy)).toEqual(seat);
  });

  it.each<[SeatRequest, string]>([
    [{ mode: 'simulated', url: 'https://a.example' }, '/p/url'],
    [{ mode: 'stopped', credential: 'x' }, '/p/credential'],
    [{ mode: 'simulated', queue: true }, '/p/queue'],
    [{ mode: 'external', url: 'ehr.example' }, '/p/url'],
    [{ mode: 'external', url: 'file:///etc/passwd' }, '/p/url'],
    [{ mode: 'external', url: 'https://me:secret@a.example' }, '/p/url'],
    [{ mode: 'external', url: 'https://a.example/x?y=1' }, '/p/url'],
    [{ mode: 'external', url: 'http://10.2.0.1/' }, '/p/url'],
    [{ mode: 'external', url: 'http://[fd00::1]/' }, '/p/url'],
    [{ mode: 'external', url: 'http://169.254.169.254/latest' }, '/p/url'],
    [{ mode: 'external', credential: 'x\r\nY: z' }, '/p/credential'],
    [{ mode: 'external', mllpUrl: 'https://a.example' }, '/p/mllpUrl'],
    [{ mode: 'external', mllpUrl: 'mllp://a.example' }, '/p/mllpUrl'],
    [{ mode: 'external', mllpUrl: 'mllp://169.254.169.254:80' }, '/p/mllpUrl'],
    [{ mode: 'simulated', mllpUrl: 'mllp://127.0.0.1:1' }, '/p/mllpUrl'],
  ])('%o is refused, with its place', async (request, at) => {
    await expect(readSeat(request, policy, '/p')).rejects.toMatchObject({ problem: { status: 400 }, faults: [{ at }] });
  });
});
