import { expect } from 'vitest';
import type { CheckedApi } from './checked-api.ts';
import type { Listed, Made, Shown } from './echo-service.ts';

/** A control path of this sandbox. */
export const at = ({ id }: Made, path = ''): string => `/api/sandboxes/${id}${path}`;

export interface EchoClient {
  make(body?: object): Promise<Made>;
  /** Status and text of one note of the keeper. */
  note(made: Made, id: string, init?: RequestInit): Promise<[status: number, text: string | undefined]>;
  write(made: Made, id: string, text: string): Promise<[status: number, text: string | undefined]>;
  /** The journal once it holds so many exchanges, each with what came of it: that is written a moment after the reply. */
  journal(made: Made, count?: number): Promise<readonly Shown[]>;
}

export const echoClient = (api: CheckedApi): EchoClient => {
  const note: EchoClient['note'] = async (made, id, init = {}) => {
    const response = await fetch(`${made.endpoints[0]?.url}/Basic/${id}`, init);
    const body: { note?: string } = JSON.parse(await response.text());
    return [response.status, body.note];
  };
  return {
    note,
    make: async (body = {}) => {
      const made = await api<Made>('POST', '/api/sandboxes', { body: { pattern: 'echo', ...body } });
      expect(made.status).toBe(201);
      return made.body;
    },
    write: (made, id, text) =>
      note(made, id, {
        method: 'PUT',
        headers: { 'content-type': 'application/fhir+json' },
        body: JSON.stringify({ note: text }),
      }),
    journal: async (made, count = 0) => {
      for (;;) {
        const { items } = (await api<Listed<Shown>>('GET', at(made, '/exchanges'), { key: made.key })).body;
        if (items.length >= count && items.every(({ milliseconds }) => milliseconds !== undefined)) return items;
      }
    },
  };
};
