import { expect, it } from 'vitest';
import { HELP, readArguments } from './own-arguments.ts';

it('reads what a project is to be held to, and where its reports go', () => {
  expect(readArguments([])).toMatchObject({ format: 'table', minLevel: 'SHOULD', report: [], help: false });
  const asked = [
    '--min-level',
    'SHALL',
    '--min-index=60',
    '--waivers',
    'w.yaml',
    '--report',
    'a.xml',
    '--report',
    'b.zip',
  ];
  expect(readArguments(asked)).toMatchObject({
    minLevel: 'SHALL',
    minIndex: 60,
    waivers: 'w.yaml',
    report: ['a.xml', 'b.zip'],
  });
});

it.each([
  [['--report', 'a.xml', 'b.zip', '--min-level', 'SHALL']],
  [['--min-level', 'SHALL', '--report', 'a.xml', '--report', 'b.zip']],
  [['--report=a.xml', '--min-level', 'SHALL', '--report', 'b.zip']],
])('writes several reports for %j', (argv) => {
  expect(readArguments(argv)).toMatchObject({ report: ['a.xml', 'b.zip'], minLevel: 'SHALL' });
});

it.each([
  [['--report'], '--report'],
  [['--report', '--min-level', 'SHALL'], '--report'],
  [['--report', 'a.xml', '--output', 'out', 'b.zip'], 'b.zip'],
  [['--min-level', 'MAY'], '--min-level is SHALL or SHOULD'],
  [['--min-index', '101'], '--min-index is a whole number from 0 to 100'],
  [['--min-index', 'much'], '--min-index is a whole number'],
  [['--report', 'a.pdf'], 'a name ends in .html, .json, .xml, .zip'],
  [['--format', 'pdf'], '--format is one of table'],
  [['--colour', 'red'], 'colour'],
])('refuses %j', (argv, said) => {
  expect(() => readArguments(argv)).toThrow(said);
});

it('says all of it where it is asked for help', () => {
  for (const name of [
    'target',
    'profile',
    'dialect',
    'min-level',
    'min-index',
    'waivers',
    'format',
    'output',
    'report',
  ])
    expect(HELP).toContain(`--${name} <`);
});
