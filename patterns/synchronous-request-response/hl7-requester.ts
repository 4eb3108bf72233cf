import { requireText } from '../../sandbox/act-values.ts';
import { timestamp } from '../../sandbox/hl7v2/acknowledge.ts';
import { newControlId } from '../../sandbox/hl7v2/control-id.ts';
import { createMessage, type Hl7Message, parseMessage } from '../../sandbox/hl7v2/message.ts';
import type { Act, Ctx } from '../../sandbox/pattern.ts';
import { ProblemError } from '../../sandbox/problem.ts';
import { HL7_DIALECTS } from './hl7-provider.ts';

type Fields = Readonly<Record<string, string>>;

const messageOf = (
  ctx: Ctx,
  [type, event, structure, version]: readonly [string, string, string, string],
  controlId: string,
  segments: readonly (readonly [name: string, fields: Fields])[],
): Hl7Message => {
  const message = createMessage();
  const head = { '3': 'EPR', '4': 'RCB', '5': 'PAS', '6': 'Y12345', '7': timestamp(ctx.now()), '10': controlId };
  const kind = { '9.1': type, '9.2': event, '9.3': structure, '11': 'P', '12': version, '18': 'UNICODE UTF-8' };
  for (const [name, fields] of [['MSH', { ...head, ...kind }] as const, ...segments]) {
    const path = name === 'MSH' ? name : message.addSegment(name);
    for (const [field, value] of Object.entries(fields)) message.set(`${path}-${field}`, value);
  }
  return message;
};

const shown = (reply: Hl7Message, path: string): string => reply.text(path);

const peopleIn = (reply: Hl7Message) =>
  Array.from({ length: reply.count('PID') }, (_, index) => {
    const pid = `PID[${index + 1}]`;
    return {
      number: shown(reply, `${pid}-3`),
      family: shown(reply, `${pid}-5`),
      given: shown(reply, `${pid}-5.2`),
      born: shown(reply, `${pid}-7`),
    };
  });

const resultsIn = (reply: Hl7Message) =>
  Array.from({ length: reply.count('OBX') }, (_, index) => {
    const obx = `OBX[${index + 1}]`;
    return { test: shown(reply, `${obx}-3.2`), value: shown(reply, `${obx}-5`), unit: shown(reply, `${obx}-6`) };
  });

/** What came back on the connection. Nothing, or the answer to something else, leaves the outcome unknown: it may be asked anew. */
const ask = async (ctx: Ctx, message: Hl7Message) => {
  const controlId = message.text('MSH-10');
  try {
    const { code, text, reply, exchange } = await ctx.sendHl7('provider', { message: message.toBytes() });
    const because = text === undefined ? {} : { because: text };
    if (reply === undefined) return { outcome: 'answered', controlId, code, ...because, exchange };
    const answer = parseMessage(reply);
    const found = answer.count('QAK') === 0 ? {} : { found: shown(answer, 'QAK-2') };
    const people = peopleIn(answer);
    const results = resultsIn(answer);
    // There are more: the same query again with what DSC says.
    const more = answer.count('DSC') === 0 ? {} : { continue: shown(answer, 'DSC-1') };
    return { outcome: 'answered', controlId, code, ...because, ...found, people, results, ...more, exchange };
  } catch (error) {
    if (!(error instanceof ProblemError) || (error.problem.status !== 502 && error.problem.status !== 504)) throw error;
    return { outcome: 'unknown', controlId, because: error.faults[0]?.detail ?? error.message };
  }
};

const patient = { type: 'string', minLength: 1, maxLength: 64, title: 'NHS number', default: '9000000009' };
const controlId = { type: 'string', maxLength: 20, title: 'Control id', example: 'a new one, unless told' };
const idOf = (input: Readonly<Record<string, unknown>>): string =>
  typeof input.controlId === 'string' && input.controlId !== '' ? input.controlId : newControlId();

const qrd = (ctx: Ctx, number: string, what: string): Fields => ({
  ...{ '1': timestamp(ctx.now()), '2': 'R', '3': 'I', '4': newControlId(), '7.1': '10', '7.2': 'RD' },
  ...{ '8.1': number, '8.13': 'NH', '9.1': what, '10': 'ALL' },
});

/** The requester as a system that speaks HL7 v2. */
export const hl7Acts: Readonly<Record<string, Act>> = {
  'query-by-hl7': {
    title: 'Ask by HL7 v2',
    summary: 'QRY over MLLP in original mode: ADR^A19 or ORF^R04 is the answer, on the same connection',
    dialects: HL7_DIALECTS,
    input: {
      type: 'object',
      required: ['patient'],
      properties: {
        patient,
        what: { type: 'string', enum: ['demographics', 'results'], title: 'What is asked', default: 'demographics' },
        controlId,
      },
      additionalProperties: false,
    },
    run: (input, ctx) => {
      const number = requireText(input, 'patient');
      const results = input.what === 'results';
      const kind = results ? (['QRY', 'R02', 'QRY_R02', '2.4'] as const) : (['QRY', 'A19', 'QRY_A19', '2.4'] as const);
      return ask(ctx, messageOf(ctx, kind, idOf(input), [['QRD', qrd(ctx, number, results ? 'RES' : 'DEM')]]));
    },
  },
  'find-by-hl7': {
    title: 'Look for somebody by HL7 v2',
    summary:
      'QBP^Q22 by name and date of birth, as IHE has it; RSP^K22 brings the candidates, and with DSC what continues it where there are more',
    dialects: HL7_DIALECTS,
    input: {
      type: 'object',
      required: ['family'],
      properties: {
        family: { type: 'string', minLength: 1, maxLength: 60, title: 'Family name', default: 'Smith' },
        born: { type: 'string', maxLength: 10, title: 'Born', example: '2010-10-22' },
        most: { type: 'integer', minimum: 1, maximum: 50, title: 'Candidates at once', default: 10 },
        continue: { type: 'string', maxLength: 20, title: 'Continues an answer (DSC-1)', example: '10' },
        controlId,
      },
      additionalProperties: false,
    },
    run: (input, ctx) => {
      const born = typeof input.born === 'string' ? input.born.replaceAll('-', '') : '';
      const by = { '3[1].1': '@PID.5.1.1', '3[1].2': requireText(input, 'family') };
      const also: Fields = born === '' ? {} : { '3[2].1': '@PID.7', '3[2].2': born };
      const qpd = { '1.1': 'IHE PDQ Query', '2': newControlId(), ...by, ...also };
      const rcp = { '1': 'I', '2.1': String(typeof input.most === 'number' ? input.most : 10), '2.2': 'RD' };
      const from = typeof input.continue === 'string' ? input.continue : '';
      const kind = ['QBP', 'Q22', 'QBP_Q21', '2.5'] as const;
      return ask(
        ctx,
        messageOf(ctx, kind, idOf(input), [
          ['QPD', qpd],
          ['RCP', rcp],
          ...(from === '' ? [] : [['DSC', { '1': from, '2': 'I' }] as const]),
        ]),
      );
    },
  },
  'tell-by-hl7': {
    title: 'File a result by HL7 v2',
    summary: 'ORU^R01 in original mode: AA says that it was processed, and not just that it arrived',
    dialects: HL7_DIALECTS,
    input: {
      type: 'object',
      required: ['patient'],
      properties: {
        patient,
        haemoglobin: { type: 'integer', minimum: 20, maximum: 250, title: 'Haemoglobin, g/L', default: 132 },
        controlId,
      },
      additionalProperties: false,
    },
    run: (input, ctx) => {
      const now = timestamp(ctx.now());
      const id = idOf(input);
      const value = typeof input.haemoglobin === 'number' ? input.haemoglobin : 132;
      const pid = { '1': '1', '3.1': requireText(input, 'patient'), '3.4': 'NHS', '3.5': 'NH' };
      const test = { '4.1': '1022441000000101', '4.2': 'Haemoglobin', '4.3': 'SCT' };
      const obr = { '1': '1', '3.1': `LAB${id}`, '3.2': 'LAB', ...test, '7': now, '22': now, '25': 'F' };
      const of = { '3.1': '718-7', '3.2': 'Haemoglobin', '3.3': 'LN', '6.1': 'g/L', '6.3': 'UCUM' };
      const obx = { '1': '1', '2': 'NM', ...of, '5': String(value), '11': 'F', '14': now };
      const kind = ['ORU', 'R01', 'ORU_R01', '2.4'] as const;
      return ask(
        ctx,
        messageOf(ctx, kind, id, [
          ['PID', pid],
          ['OBR', obr],
          ['OBX', obx],
        ]),
      );
    },
  },
};
