import { type Command, InvalidArgumentError, Option } from 'commander';
import { newControlId } from '../../sandbox/hl7v2/control-id.ts';
import { fromFhir, WRITTEN_EVENTS } from '../../sandbox/hl7v2/from-fhir/from-fhir.ts';
import { isJson } from '../../sandbox/hl7v2/to-fhir/element.ts';
import { toFhir } from '../../sandbox/hl7v2/to-fhir/to-fhir.ts';
import { InputError, orFailure, readBytes, readMessages } from './hl7-input.ts';
import { fromFhirText, parsedText, toFhirText, valuesOf } from './hl7-text.ts';

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

/** One message gives its result, several give a list. */
const oneOrAll = (all: readonly unknown[]): unknown => (all.length === 1 ? all[0] : all);

const whole =
  (least: number, most: number) =>
  (text: string): number => {
    const number = Number(text);
    if (!/^\d+$/.test(text) || number < least || number > most)
      throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`);
    return number;
  };

const readResource = async (file: string | undefined): Promise<Record<string, unknown>> => {
  const bytes = await readBytes(file);
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8'));
    if (isJson(value) && typeof value.resourceType === 'string') return value;
  } catch (error) {
    throw new InputError(`${file ?? 'Standard input'} is no JSON: ${error instanceof Error ? error.message : ''}`);
  }
  throw new InputError(`${file ?? 'Standard input'} is no FHIR resource: it has no resourceType`);
};

const registerReading = (hl7: Command): void => {
  hl7
    .command('parse [file]')
    .description('Every value of a message by its path; standard input unless a file is named')
    .addOption(new Option('--format <format>', 'how it is printed').choices(['table', 'json']).default('table'))
    .action((file: string | undefined, { format }: { format: 'table' | 'json' }) =>
      orFailure(async () => {
        const messages = await readMessages(file);
        const all = messages.map((message) =>
          Object.fromEntries(valuesOf(message).map(({ path, value }) => [path, value])),
        );
        process.stdout.write(format === 'json' ? json(oneOrAll(all)) : messages.map(parsedText).join('\n'));
      }),
    );
  hl7
    .command('to-fhir [file]')
    .description('A message as a FHIR R4 Bundle, with where each element came from and what was dropped')
    .addOption(
      new Option('--format <format>', 'what is printed').choices(['bundle', 'json', 'lineage']).default('bundle'),
    )
    .option('--zone <offset>', 'of times that name none, where MSH-7 has none either', '+00:00')
    .action((file: string | undefined, { format, zone }: { format: 'bundle' | 'json' | 'lineage'; zone: string }) =>
      orFailure(async () => {
        if (!/^[+-](?:(?:0\d|1[0-3]):[0-5]\d|14:00)$/.test(zone))
          throw new InputError(`${zone} is no offset; one looks like +01:00`);
        const all = (await readMessages(file)).map((message) => toFhir(message, { zone }));
        if (format === 'lineage') process.stdout.write(all.map(toFhirText).join('\n'));
        else process.stdout.write(json(oneOrAll(format === 'json' ? all : all.map(({ bundle }) => bundle))));
      }),
    );
  hl7
    .command('from-fhir [file]')
    .description('A FHIR Bundle or Patient as a message; what is lost goes to standard error')
    .addOption(new Option('--event <event>', 'the trigger event').choices(WRITTEN_EVENTS))
    .action((file: string | undefined, { event }: { event?: string }) =>
      orFailure(async () => {
        const asked = event === undefined ? {} : { event };
        const made = fromFhir(await readResource(file), { now: Date.now(), controlId: newControlId(), ...asked });
        process.stdout.write(made.message.toString('utf8').replaceAll('\r', process.stdout.isTTY ? '\n' : '\r'));
        process.stderr.write(fromFhirText(made));
      }),
    );
};

interface SendOptions {
  readonly to: string;
  readonly timeout: number;
  readonly show?: true;
}

interface ListenOptions {
  readonly host: string;
  readonly port: number;
  readonly answer: 'AA' | 'AE' | 'AR';
  readonly format: 'values' | 'er7';
  readonly count?: number;
}

const registerWire = (hl7: Command): void => {
  hl7
    .command('send [file]')
    .description('Send messages over MLLP and print how each is acknowledged; exit code 1 where one is not accepted')
    .requiredOption('--to <address>', 'mllp://host:port, or mllps:// for TLS')
    .option('--timeout <ms>', 'how long an acknowledgement may take', whole(1, 600_000), 30_000)
    .option('--show', 'print the whole acknowledgement')
    .action((file: string | undefined, { to, timeout, show }: SendOptions) =>
      orFailure(async () => {
        const { parseTarget, sendAll } = await import('./hl7-wire.ts');
        const print = (line: string, reply: Buffer): void => {
          process.stdout.write(show === true ? `${reply.toString('utf8').replaceAll('\r', '\n')}` : `${line}\n`);
        };
        const isGood = await sendAll(await readMessages(file), parseTarget(to), timeout, print);
        if (!isGood) process.exitCode = 1;
      }),
    );
  hl7
    .command('listen')
    .description('Print what arrives over MLLP and acknowledge it; nothing is kept')
    .option('--host <address>', 'where to listen', '127.0.0.1')
    .option('--port <port>', '0 is any free one', whole(0, 65_535), 2575)
    .addOption(new Option('--answer <code>', 'how it is acknowledged').choices(['AA', 'AE', 'AR']).default('AA'))
    .addOption(new Option('--format <format>', 'how it is printed').choices(['values', 'er7']).default('values'))
    .option('--count <n>', 'end after so many messages', whole(1, 1_000_000))
    .action(({ answer, ...rest }: ListenOptions) =>
      orFailure(async () => {
        const { listen } = await import('./hl7-wire.ts');
        await listen({ ...rest, code: answer });
      }),
    );
};

export const register = (program: Command): void => {
  const hl7 = program
    .command('hl7')
    .description('HL7 v2 on the command line: read, send and receive messages, to FHIR and back');
  registerReading(hl7);
  registerWire(hl7);
};
