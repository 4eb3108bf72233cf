import { describe, expect, it } from 'vitest';
import { compileContract } from '../sandbox/contract.ts';
import { openCatalogue } from './catalogue.ts';

const catalogue = await openCatalogue();

describe('every contract of this package', () => {
  it.each(catalogue.contracts)('%s compiles whole, and so does each of its operations', async (name) => {
    const { document } = await catalogue.contract(name);
    const operations = await compileContract(document);
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
        const operations = await compileContract(spoken.contract ?? contract);
        const unserved = operations.map(({ operationId }) => operationId).filter((one) => !handlers.includes(one));
        expect([name, unserved]).toEqual([name, []]);
      }
    },
  );
});
