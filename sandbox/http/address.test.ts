import { describe, expect, it } from 'vitest';
import { checkAddress, parseAddress, URL_MAX } from './address.ts';

describe('an address below /sandboxes', () => {
  it.each([
    [
      '/abc/provider/FHIR/R4/Patient/1?x=1',
      { sandbox: 'abc', participant: 'provider', path: '/FHIR/R4/Patient/1', search: '?x=1' },
    ],
    ['/abc/FHIR/R4/Patient', { sandbox: 'abc', path: '/FHIR/R4/Patient', search: '' }],
    ['/abc/FHIR', { sandbox: 'abc', path: '/FHIR', search: '' }],
    ['/abc/FHIRx/y', { sandbox: 'abc', participant: 'FHIRx', path: '/y', search: '' }],
    ['/abc/provider', { sandbox: 'abc', participant: 'provider', path: '/', search: '' }],
    ['/abc/provider/?q', { sandbox: 'abc', participant: 'provider', path: '/', search: '?q' }],
    ['http://host:1/abc/provider/x', { sandbox: 'abc', participant: 'provider', path: '/x', search: '' }],
    ['/abc//x', { sandbox: 'abc', participant: '', path: '/x', search: '' }],
  ])('%s is taken apart', (target, address) => {
    expect(parseAddress(target)).toEqual(address);
  });

  it.each(['/', '/abc', '/abc/', '/abc?x=/y/z', '//', '', 'http://host'])('%j names nothing in a sandbox', (target) => {
    expect(parseAddress(target)).toBeUndefined();
  });

  it.each([
    ['/%', 'path'],
    ['/%zz', 'path'],
    ['/%ff', 'path'],
    ['/%00', 'path'],
    ['/x?a=%', 'query'],
    ['/x?a=%c3%28', 'query'],
    ['/x?a=%00', 'query'],
    ['/caf\u00e9', 'percent-encoded'],
    [`/${'x'.repeat(URL_MAX)}`, 'longer than'],
  ])('%.20s is refused', (rest, why) => {
    const address = parseAddress(`/abc/provider${rest}`);
    if (address === undefined) throw new Error('not taken apart');
    expect(() => checkAddress(address)).toThrow(why);
  });

  it('may hold anything that is percent-encoded UTF-8', () => {
    expect(() => checkAddress({ sandbox: 'a', path: '/caf%C3%A9', search: '?q=100%25' })).not.toThrow();
  });
});
