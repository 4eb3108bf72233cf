import { member } from '../../sandbox/act-values.ts';
import { type FhirResource, isResource } from '../../sandbox/fhir/stored.ts';
import type { Ctx, Incoming, Outgoing } from '../../sandbox/pattern.ts';
import { items, part } from '../../sandbox/pointers/pointer.ts';
import { ProblemError } from '../../sandbox/problem.ts';
import { organisationOf } from './organisations.ts';
import { type Side, ways } from './ways.ts';

/** What came of a request to another participant: a reply, or why there is none. */
export interface Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly text: string;
  readonly exchange?: string;
  /** `timeout`, or `transient` where the connection failed or nobody has said where the other is. */
  readonly failed?: 'timeout' | 'transient';
  readonly because?: string;
}

const headersFor = (ctx: Ctx): Record<string, string> => {
  const { accept, headersOf } = ways.in(ctx);
  return { 'x-request-id': ctx.uuid(), accept, ...headersOf(organisationOf(ctx, ctx.participant.name)) };
};

/** What was sent and got no reply, or could not be sent as nobody has said where to, is an answer as well. */
const noAnswer = (error: unknown): Answer => {
  const { status } = error instanceof ProblemError ? error.problem : { status: 0 };
  if (!(error instanceof ProblemError) || ![409, 502, 504].includes(status)) throw error;
  return {
    text: '',
    failed: status === 504 ? 'timeout' : 'transient',
    because: error.faults[0]?.detail ?? error.message,
  };
};

/** Sends, and gives whatever came of it. */
export const ask = async (ctx: Ctx, to: string, request: Outgoing): Promise<Answer> => {
  let reply: Incoming;
  try {
    reply = await ctx.send(to, { ...request, headers: { ...headersFor(ctx), ...request.headers } });
  } catch (error) {
    return noAnswer(error);
  }
  const { status, headers, body, exchange } = reply;
  return { status, headers, text: body, exchange };
};

const FHIR_JSON = { 'content-type': 'application/fhir+json' };

export const register = (ctx: Ctx, pointer: object): Promise<Answer> =>
  ask(ctx, 'registry', {
    method: 'POST',
    path: ways.in(ctx).pointersAt('producer'),
    headers: FHIR_JSON,
    body: pointer,
  });

export const change = (ctx: Ctx, id: string, pointer: object): Promise<Answer> =>
  ask(ctx, 'registry', {
    method: 'PUT',
    path: `${ways.in(ctx).pointersAt('producer')}/${id}`,
    headers: FHIR_JSON,
    body: pointer,
  });

export const withdraw = (ctx: Ctx, id: string): Promise<Answer> =>
  ask(ctx, 'registry', { method: 'DELETE', path: `${ways.in(ctx).pointersAt('producer')}/${encodeURIComponent(id)}` });

export const readOwn = (ctx: Ctx, id: string): Promise<Answer> =>
  ask(ctx, 'registry', { method: 'GET', path: `${ways.in(ctx).pointersAt('producer')}/${encodeURIComponent(id)}` });

export interface Wanted {
  /** `system|value`. */
  readonly person: string;
  /** A SNOMED CT code. */
  readonly kind?: string;
}

/** By POST, so that the number of a person stands in no address (COM-10). */
export const find = (ctx: Ctx, { person, kind }: Wanted, side: Side = 'consumer'): Promise<Answer> => {
  const query = {
    'subject:identifier': person,
    ...(kind === undefined ? {} : { type: `http://snomed.info/sct|${kind}` }),
  };
  const { search, pointersAt } = ways.in(ctx);
  const { type, body } = search(query);
  const path = `${pointersAt(side)}/_search`;
  return ask(ctx, 'registry', { method: 'POST', path, headers: { 'content-type': type }, body });
};

/** The body as JSON, or undefined where it is none. */
export const bodyOf = ({ text }: Pick<Answer, 'text'>): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

export const pointersIn = (answer: Answer): readonly FhirResource[] =>
  items(member(bodyOf(answer), 'entry'))
    .map((entry) => part(entry, 'resource'))
    .filter(
      (resource): resource is FhirResource => isResource(resource) && resource.resourceType === 'DocumentReference',
    );

/** What the other said is wrong, in its own words. */
export const complaintOf = (answer: Answer): string | undefined => {
  const body = bodyOf(answer);
  const said = part(body, 'issue', 0, 'diagnostics') ?? part(body, 'detail');
  return typeof said === 'string' ? said : undefined;
};
