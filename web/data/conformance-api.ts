import type { Job, RunRequest } from './conformance-types.ts';
import { json, request } from './http.ts';

const at = (id: string): string => `/api/conformance/${encodeURIComponent(id)}`;

export const startRun = (body: RunRequest, key?: string): Promise<Job> =>
  json('/api/conformance', key === undefined ? { method: 'POST', body } : { method: 'POST', body, key });
export const getRun = (id: string): Promise<Job> => json(at(id));
export const cancelRun = (id: string, key?: string): Promise<Job> =>
  json(`${at(id)}/cancel`, key === undefined ? { method: 'POST' } : { method: 'POST', key });
export const runEvents = (id: string): EventSource => new EventSource(`${at(id)}/events`);
/** A browser that goes there is given the report as a page. */
export const reportAddress = at;

/** The report as a file of that media type. */
export const getReport = async (id: string, accept: string): Promise<ArrayBuffer> =>
  (await request(at(id), { accept })).arrayBuffer();
