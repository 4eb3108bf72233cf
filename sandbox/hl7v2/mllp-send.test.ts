import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import { admit, openHospital } from './hospital.test-data.ts';
import { parseMessage } from './message.ts';

// A client that we did not write: Debian's python3-hl7.
const hasMllpSend = spawnSync('mllp_send', ['--version']).status === 0;
const folder = mkdtempSync(join(tmpdir(), 'mllp-send-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.skipIf(!hasMllpSend && process.env.CI !== 'true')('mllp_send', () => {
  it('sends a file of messages, and is acknowledged for each', async () => {
    const hospital = await openHospital();
    try {
      const file = join(folder, 'messages.hl7');
      const messages = [admit(), admit({ id: 'M2', name: 'ZOË', number: '9000000017' }), admit({ id: 'M3', sex: 'X' })];
      writeFileSync(file, messages.join('').replaceAll('\r', '\r\n'));
      const args = ['--loose', '--file', file, '--port', String(await hospital.port()), '127.0.0.1'];
      const { stdout } = await promisify(execFile)('mllp_send', args, { encoding: 'buffer' });
      const replies = stdout.toString('latin1').split('\x1c\r').slice(0, -1);
      const codes = replies.map((reply) => {
        const parsed = parseMessage(reply.slice(reply.indexOf('\x0b') + 1));
        return `${parsed.text('MSA-1')} ${parsed.text('MSA-2')}`;
      });
      expect(codes).toEqual(['AA M1', 'AA M2', 'AE M3']);
      expect(await hospital.admissions()).toMatchObject([{ name: 'SMITH' }, { name: 'ZOË' }]);
    } finally {
      await hospital.close();
    }
  });
});
