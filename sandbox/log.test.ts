import { describe, expect, it } from 'vitest';
import { createLog, type LogLevel } from './log.ts';

const lines = (level: LogLevel): { log: ReturnType<typeof createLog>; written: () => Record<string, unknown>[] } => {
  const texts: string[] = [];
  const log = createLog(level, { write: (text) => void texts.push(text) });
  return { log, written: () => texts.map((text) => JSON.parse(text)) };
};

describe('the log', () => {
  it('writes one JSON line with the level in words and the time as ISO 8601', () => {
    const { log, written } = lines('info');
    log.info({ port: 8080 }, 'ready');
    expect(written()).toEqual([
      { level: 'info', time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/), port: 8080, msg: 'ready' },
    ]);
  });

  it('leaves out what is below its level', () => {
    const { log, written } = lines('warn');
    log.info('started');
    log.warn('look');
    expect(written().map((line) => line.msg)).toEqual(['look']);
  });

  it('hides credentials, by name and in URLs', () => {
    const { log, written } = lines('info');
    log.error({ headers: { authorization: 'Bearer s3cret' }, store: 'postgres://me:s3cret@db/x', key: 's3cret' }, 'no');
    expect(JSON.stringify(written())).not.toContain('s3cret');
    expect(written()[0]?.store).toBe('postgres://me:[redacted]@db/x');
  });

  it('keeps what an error says', () => {
    const { log, written } = lines('info');
    log.error({ err: new TypeError('not a number') }, 'failed');
    expect(written()[0]?.err).toMatchObject({ type: 'TypeError', message: 'not a number' });
  });
});
