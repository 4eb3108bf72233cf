import { describe, expect, it } from 'vitest';
import { parseDialect } from '../dialect-loader.ts';
import { BAD_REQUEST, CONFLICT, NOT_FOUND, ProblemError, problem, UNAVAILABLE } from '../problem.ts';
import { renderInFormat } from './error-format.ts';

const dialect = parseDialect(
  `
id: plain
title: Plain
source: { title: none, date: "2026" }
headers: { required: [], echoed: [] }
concurrency: { ifMatchRequired: false }
errors:
  system: urn:codes
  conditions:
    not-found: { status: 417, code: "12", display: Unregistered, event: SEND }
    conflict: { code: C, display: Conflict }
  default: { code: OTHER, display: Other }
  formats:
    - { conditions: [bad-request], type: application/json, body: { validationErrors: "{places}" } }
    - { conditions: [conflict], type: application/json, body: { errors: "{details}" } }
    - accept: application/vnd.two+json
      type: application/vnd.two+json
      body: { message_id: "{path.message}", detail: [{ event: "{event}", code: "{code}", msg: "{display}: {detail}" }] }
    - { type: application/json, body: { messageID: "{path.message}", errorCode: "{code}", status: "{status}", fixed: 1 } }
capabilities: false
sentinels: []
`,
  'plain',
);

const said = (error: ProblemError, accept?: string, params = {}) => {
  const rendered = renderInFormat({ error, dialect, accept, params, correlation: 'x' });
  return rendered && { ...rendered, body: JSON.parse(rendered.body) };
};

describe('an error in a format of the dialect', () => {
  it('says what is wrong by the part of the request that it is about', () => {
    const both = problem(BAD_REQUEST, [{ detail: 'no such queue', at: '/channel/endpoint' }, { detail: 'unreadable' }]);
    expect(said(both)?.body).toEqual({ validationErrors: { 'channel.endpoint': 'no such queue', body: 'unreadable' } });
  });

  it('fills the first template that fits, and has the status of the dialect', () => {
    expect(said(problem(NOT_FOUND, 'Nobody', { headers: { allow: 'GET' } }))).toEqual({
      status: 417,
      headers: { 'content-type': 'application/json', allow: 'GET' },
      body: { errorCode: '12', status: '417', fixed: 1 },
    });
  });

  it('leaves out what has no value, and knows what the path named', () => {
    expect(said(problem(UNAVAILABLE, 'x'), undefined, { message: 'M1' })?.body).toMatchObject({
      messageID: 'M1',
      errorCode: 'OTHER',
    });
  });

  it('follows what the client accepts', () => {
    const accept = 'application/vnd.two+json; q=1';
    expect(said(problem(NOT_FOUND, 'Nobody'), accept)).toMatchObject({
      headers: { 'content-type': 'application/vnd.two+json' },
      body: { detail: [{ event: 'SEND', code: '12', msg: 'Unregistered: Nobody' }] },
    });
    expect(said(problem(UNAVAILABLE, 'x'), accept)?.body.detail).toEqual([{ code: 'OTHER', msg: 'Other: x' }]);
  });

  it('can differ by condition, and list the details', () => {
    expect(said(new ProblemError(CONFLICT, [{ detail: 'a' }, { detail: 'b' }]))?.body).toEqual({ errors: ['a', 'b'] });
  });

  it('is none where the dialect has no format', () => {
    const { formats: _, ...errors } = dialect.errors;
    const plain = { ...dialect, errors };
    const error = problem(CONFLICT, 'x');
    expect(renderInFormat({ error, dialect: plain, accept: undefined, params: {}, correlation: 'x' })).toBeUndefined();
  });
});
