import { type DestinationStream, type Logger, pino } from 'pino';

export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

const SECRETS = ['authorization', 'cookie', 'key', 'credential', 'password', 'token', 'secret', 'adminKey'];

/**
 * JSON lines on standard error, so that standard output keeps the one line that says where the service is. Quiet: the start,
 * and what went wrong; never one line a request. Members that are named like credentials are blanked two levels deep, and
 * passwords in URLs wherever they stand at the top level.
 */
export const createLog = (level: LogLevel, destination: DestinationStream = pino.destination(2)): Logger =>
  pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: { paths: SECRETS.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]), censor: '[redacted]' },
      formatters: {
        level: (label) => ({ level: label }),
        log: (fields) =>
          Object.fromEntries(
            Object.entries(fields).map(([name, value]) => [
              name,
              typeof value === 'string' ? value.replace(/(:\/\/[^/:@\s]*:)[^@\s]*@/g, '$1[redacted]@') : value,
            ]),
          ),
      },
    },
    destination,
  );
