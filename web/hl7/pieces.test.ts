import { describe, expect, it } from 'vitest';
import { EXAMPLE } from './example.ts';
import { Links } from './links.ts';
import { messagePieces } from './message-pieces.ts';
import { placeKey } from './place-key.ts';
import { resourceRows } from './resource-rows.ts';

const MESSAGE = 'MSH|^~\\&|PAS|RXX01\rPID|1||9^^^NHS~8||A^B&C\rNK1|1\rNK1||X\r';
const PLACES = [
  'MSH-3',
  'MSH-4',
  'PID-1',
  'PID-3',
  'PID-3[1].4',
  'PID-3[2]',
  'PID-5',
  'PID-5[1].2',
  'PID-5[1].2.2',
  'NK1-1',
  'NK1[2]-2',
];

describe('a message in pieces', () => {
  it.each([
    ['its own delimiters', MESSAGE],
    ['others', MESSAGE.replaceAll('|', '#').replaceAll('^', '*').replaceAll('&', '%')],
  ])('names its values, with %s', (_, text) => {
    const places = messagePieces(text)
      .flat()
      .flatMap(({ place }) => place ?? []);
    expect(places).toEqual(PLACES.map(placeKey));
  });

  it.each([MESSAGE, EXAMPLE])('is the same text', (text) => {
    const lines = messagePieces(text).map((pieces) => pieces.map((piece) => piece.text).join(''));
    expect(lines).toEqual(text.split(/[\r\n]/).filter((line) => line !== ''));
  });
});

describe('what belongs together', () => {
  const links = new Links([
    { place: 'PID-5[1].1', entry: 1, element: 'name[0].family' },
    { place: 'MRG', entry: 1, element: 'link[0]' },
  ]);
  const keys = ['1 name[0].family', '1 link[0].type', '2 name[0].family'];

  it('is found from either side', () => {
    expect(links.elementsOf(placeKey('PID-5'), keys)).toEqual(['1 name[0].family']);
    expect(links.placesOf('1 name[0].family')).toEqual([placeKey('PID-5[1].1.1')]);
  });

  it('is what an element holds, too, and all of a segment', () => {
    expect(links.elementsOf(placeKey('MRG-1'), keys)).toEqual(['1 link[0].type']);
  });

  it('is nothing for what was dropped', () => {
    expect(links.elementsOf(placeKey('PID-1'), keys)).toEqual([]);
  });
});

it('every value of every resource is a row', () => {
  const patient = { resourceType: 'Patient', id: 'x', name: [{ given: ['A', 'B'] }] };
  expect(resourceRows({ resourceType: 'Bundle', entry: [{ resource: patient }] })).toEqual([
    {
      entry: 0,
      type: 'Patient',
      rows: [
        { key: '0 name[0].given[0]', element: 'name[0].given[0]', value: 'A' },
        { key: '0 name[0].given[1]', element: 'name[0].given[1]', value: 'B' },
      ],
    },
  ]);
  expect(resourceRows(patient)).toHaveLength(1);
  const bundle = { resourceType: 'Bundle', type: 'message', timestamp: '2026', entry: [{ resource: patient }] };
  expect(resourceRows(bundle)).toMatchObject([
    { entry: -1, type: 'Bundle', rows: [{ key: '-1 timestamp', element: 'timestamp', value: '2026' }] },
    { entry: 0 },
  ]);
});
