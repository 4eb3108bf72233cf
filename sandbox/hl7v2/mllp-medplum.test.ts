import { Hl7Message } from '@medplum/core';
import { Hl7Client, ReturnAckCategory } from '@medplum/hl7';
import { describe, expect, it } from 'vitest';
import { admit, openHospital } from './hospital.test-data.ts';

// A client that we did not write: Medplum's.
describe('the client of @medplum/hl7', () => {
  it('keeps a connection, is acknowledged for each of its messages, and takes CA in enhanced mode', async () => {
    const hospital = await openHospital();
    const client = new Hl7Client({ host: '127.0.0.1', port: await hospital.port(), keepAlive: true });
    try {
      const ask = async (message: string) => {
        const options = { returnAck: ReturnAckCategory.FIRST, timeoutMs: 10_000 };
        const reply = await client.sendAndWait(Hl7Message.parse(message), options);
        const msa = reply.getSegment('MSA');
        return `${msa?.getField(1)} ${msa?.getField(2)}`;
      };
      expect([
        await ask(admit()),
        await ask(admit({ id: 'M2', name: 'ZOË', number: '9000000017' })),
        await ask(admit({ id: 'M3', sex: 'X' })),
        await ask(admit({ id: 'M4', number: '9000000025', msh15: 'AL', msh16: 'NE' })),
      ]).toEqual(['AA M1', 'AA M2', 'AE M3', 'CA M4']);
      expect((await hospital.admissions()).slice(0, 2)).toMatchObject([{ name: 'SMITH' }, { name: 'ZOË' }]);
    } finally {
      await client.close();
      await hospital.close();
    }
  });
});
