import type { Command } from 'commander';
import type { PatternManifest } from '../../sandbox/manifest.ts';
import { type Catalogue, openCatalogue } from '../catalogue.ts';
import { orUsageError } from './guide-source.ts';
import { paragraph } from './paragraph.ts';

const bullets = (lines: readonly string[]): string[] => lines.map((line) => paragraph(line, '  - '));

const detail = (id: string, live: boolean, manifest: PatternManifest): string =>
  [
    `${manifest.title}  (${id}${live ? '' : ', cannot be run yet'})`,
    '',
    ...manifest.description.flatMap((text) => [paragraph(text), '']),
    'Use it when',
    ...bullets(manifest.useWhen),
    '',
    'Avoid it when',
    ...bullets(manifest.avoidWhen),
    '',
    'Participants',
    ...bullets(manifest.participants.map(({ name, summary }) => `${name}: ${summary}`)),
    '',
    'Interactions',
    ...manifest.interactions.map(({ from, to, label, kind }, index) =>
      paragraph(kind === 'note' ? `${from}: ${label}` : `${from} → ${to}: ${label}`, `  ${index + 1}. `),
    ),
    '',
    'Consider',
    ...bullets(
      manifest.considerations.map(
        ({ title, text, basis }) => `${title}. ${text}${basis === 'inference' ? ' (Our inference.)' : ''}`,
      ),
    ),
    '',
    'Real services',
    ...bullets(manifest.realServices.map(({ name, how }) => `${name}: ${how}`)),
    '',
    'Sources',
    ...bullets(manifest.sources.map(({ title, note }) => (note === undefined ? title : `${title}. ${note}`))),
    '',
  ].join('\n');

const list = async (catalogue: Catalogue): Promise<readonly Readonly<Record<string, unknown>>[]> =>
  Promise.all(
    catalogue.ids.map(async (id) => {
      const { title, summary } = await catalogue.manifest(id);
      return { id, title, summary, live: catalogue.live(id), dialects: await catalogue.dialects(id) };
    }),
  );

const show = async (id: string | undefined, json: boolean): Promise<void> => {
  const catalogue = await openCatalogue();
  if (id === undefined) {
    const patterns = await list(catalogue);
    const lines = patterns.map(
      (one) =>
        `${one.id}${one.live === true ? '' : '  (cannot be run yet)'}\n${paragraph(String(one.summary), '    ')}\n`,
    );
    process.stdout.write(json ? `${JSON.stringify(patterns, null, 2)}\n` : lines.join('\n'));
    return;
  }
  const live = catalogue.live(id);
  const manifest = await catalogue.manifest(id);
  process.stdout.write(json ? `${JSON.stringify({ id, live, ...manifest }, null, 2)}\n` : detail(id, live, manifest));
};

export const register = (program: Command): void => {
  const command = program
    .command('patterns')
    .summary('list the patterns, or show one')
    .description('List the patterns, or show one')
    .argument('[id]', 'the pattern to show')
    .option('--json', 'print it as JSON');
  command.action(async (id: string | undefined, { json = false }: { json?: boolean }) => {
    await orUsageError(command, () => show(id, json));
  });
};
