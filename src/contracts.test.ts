import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { compileContract } from '../sandbox/contract.ts';
import { openCatalogue } from './catalogue.ts';
import { createParser } from './catalogue-contracts.ts';

const catalogue = await openCatalogue();

describe('every contract of this package', () => {
  it.each(catalogue.contracts)('%s compiles whole, and so does each of its operations', async (name) => {
    const { document } = await catalogue.contract(name);
    // A copy is vouched for by nobody.
    const operations = await compileContract(structuredClone(document));
    expect(operations.length).toBeGreaterThan(0);
    for (const operation of operations) operation.validate({ params: {}, query: new URLSearchParams(), headers: {} });
  });

  it.each(catalogue.ids.filter((id) => catalogue.live(id)))(
    '%s serves every operation of its contracts',
    async (id) => {
      const { app, contract, manifest, dialect } = await catalogue.load(id);
      for (const name of manifest.dialects) {
        const spoken = await dialect(name);
        const handlers = Object.keys({ ...app.handlers, ...spoken.handlers });
        const operations = await compileContract(structuredClone(spoken.contract ?? contract));
        const unserved = operations.map(({ operationId }) => operationId).filter((one) => !handlers.includes(one));
        expect([name, unserved]).toEqual([name, []]);
      }
    },
  );
});

describe('what was parsed where the package was installed', () => {
  it('stands for a text as long as that is the same, and for no other', async () => {
    const root = await mkdtemp(join(tmpdir(), 'contracts-'));
    try {
      const hash = createHash('sha256').update('title: written').digest('hex');
      await mkdir(join(root, 'dist/parsed'), { recursive: true });
      await writeFile(join(root, `dist/parsed/${hash}.json`), '{"title":"prepared"}');
      const parse = createParser(pathToFileURL(`${root}/`));
      expect(await parse('title: written', 'a.yaml')).toEqual({ title: 'prepared' });
      expect(await parse('title: changed', 'a.yaml')).toEqual({ title: 'changed' });
    } finally {
      await rm(root, { recursive: true });
    }
  });
});
