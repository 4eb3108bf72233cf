import { describe, expect, it } from 'vitest';
import { bundleContract, filesTakenFrom } from './contract-bundle.ts';

const get = (ref: string) => ({ get: { operationId: 'read', responses: { 200: { $ref: ref } } } });
const base = {
  openapi: '3.0.3',
  paths: { '/things/{id}': get('#/components/responses/Thing'), '/~odd': get('#/components/responses/Lost') },
  components: {
    responses: { Thing: { description: 'A thing', schema: { $ref: '#/components/schemas/Thing' } } },
    schemas: { Thing: { properties: { part: { $ref: '#/components/schemas/Thing' } } }, Unused: {} },
  },
};
const taking = (ref: string, more: object = {}) => ({
  openapi: '3.0.3',
  paths: { '/own/{id}': { $ref: ref } },
  ...more,
});
const ITEM = 'base.yaml#/paths/~1things~1%7Bid%7D';

describe('a contract that takes paths from a file beside it', () => {
  it('names that file, once', () => {
    const document = { paths: { '/a': { $ref: ITEM }, '/b': { $ref: ITEM }, '/c': { get: {} } } };
    expect(filesTakenFrom(document)).toEqual(['base.yaml']);
    expect(filesTakenFrom(base)).toEqual([]);
  });

  it('becomes one document, with every component that the path names and no other', () => {
    const own = taking(ITEM, { components: { schemas: { Own: {} } } });
    expect(bundleContract(own, { 'base.yaml': base })).toEqual({
      openapi: '3.0.3',
      paths: { '/own/{id}': base.paths['/things/{id}'] },
      components: {
        responses: base.components.responses,
        schemas: { Own: {}, Thing: base.components.schemas.Thing },
      },
    });
  });

  it('adds what stands beside the reference, member by member', () => {
    const own = { get: { responses: { 202: { description: 'Later' } } } };
    const document = { paths: { '/a': { $ref: ITEM, summary: 'Mine', ...own } } };
    expect(bundleContract(document, { 'base.yaml': base }).paths).toEqual({
      '/a': {
        summary: 'Mine',
        get: {
          operationId: 'read',
          responses: { 200: { $ref: '#/components/responses/Thing' }, 202: { description: 'Later' } },
        },
      },
    });
  });

  it('leaves out what is null beside the reference, and what only that names', () => {
    const two = { paths: { '/t': { ...get('#/components/responses/Thing'), put: { operationId: 'write' } } } };
    const document = { paths: { '/a': { $ref: 'two.yaml#/paths/~1t', get: null } } };
    expect(bundleContract(document, { 'two.yaml': two })).toEqual({
      paths: { '/a': { put: { operationId: 'write' } } },
      components: {},
    });
  });

  it.each([
    ['a path that is not there', taking('base.yaml#/paths/~1nothing'), 'leads nowhere'],
    ['a file that is not there', taking('other.yaml#/paths/~1a'), 'leads nowhere'],
    ['a component that is not there', taking('base.yaml#/paths/~1~0odd'), 'leads nowhere that can be taken along'],
    ['two components of one name', taking(ITEM, { components: { schemas: { Thing: {} } } }), 'not the same in both'],
  ])('is refused for %s', (_, document, message) => {
    expect(() => bundleContract(document, { 'base.yaml': base })).toThrow(message);
  });
});
