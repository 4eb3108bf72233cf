import { timestamp } from '../hl7v2/acknowledge.ts';
import { newControlId } from '../hl7v2/control-id.ts';
import type { Hl7Type } from './profile.ts';

/** A kind of message other than ADT that a target may receive. */
export interface Hl7Kind {
  /** MSH-9.2 and MSH-9.3. */
  readonly trigger: string;
  readonly structure: string;
  /** MSH-9.1 of an answer that is its application's own, and no ACK. */
  readonly answer?: string;
  /** What stands before PID and after it: the least that its structure asks for, about something that nobody has yet. */
  readonly before?: () => Readonly<Record<string, string>>;
  readonly after?: () => Readonly<Record<string, string>>;
}

const now = (): string => timestamp(Date.now());
const glucose = { 'OBR-4.1': '1000991000000106', 'OBR-4.2': 'GLUCOSE', 'OBR-4.3': 'SCT' };
const text = (value: string) => ({
  'OBX-1': '1',
  'OBX-2': 'TX',
  'OBX-3.1': '1000991000000106',
  'OBX-3.2': 'GLUCOSE',
  'OBX-3.3': 'SCT',
  'OBX-5': value,
  'OBX-11': 'F',
});
const order = () => ({ 'ORC-1': 'NW', 'ORC-2.1': newControlId(), 'OBR-1': '1', ...glucose });
const event = (trigger: string) => () => ({ 'EVN-1': trigger, 'EVN-2': now() });

/** HL7 v2.4 and 2.5.1: chapters 4 (OML, ORM, VXU), 7 (ORU), 9 (MDM), 10 (SIU), 11 (REF). */
export const HL7_KINDS: Readonly<Record<Exclude<Hl7Type, 'ADT'>, Hl7Kind>> = {
  REF: {
    trigger: 'I12',
    structure: 'REF_I12',
    answer: 'RRI',
    before: () => ({
      'RF1-1': 'P',
      'RF1-6.1': newControlId(),
      'PRD-1.1': 'RP',
      'PRD-2.1': 'TESTER',
      'PRD-2.2': 'GRACE',
    }),
  },
  ORU: {
    trigger: 'R01',
    structure: 'ORU_R01',
    after: () => ({
      'OBR-1': '1',
      'OBR-3.1': newControlId(),
      ...glucose,
      'OBR-7': now(),
      'OBR-25': 'F',
      ...text('5.1'),
    }),
  },
  SIU: {
    trigger: 'S12',
    structure: 'SIU_S12',
    before: () => ({
      'SCH-1.1': newControlId(),
      'SCH-6.1': 'ROUTINE',
      'SCH-11.4': '20300107090000',
      'SCH-11.5': '20300107093000',
      'SCH-25.1': 'Booked',
    }),
    after: () => ({ 'RGS-1': '1' }),
  },
  MDM: {
    trigger: 'T02',
    structure: 'MDM_T02',
    before: event('T02'),
    after: () => ({
      'PV1-1': '1',
      'PV1-2': 'O',
      'TXA-1': '1',
      'TXA-2': 'CN',
      'TXA-4': now(),
      'TXA-12.1': newControlId(),
      'TXA-17': 'AU',
      ...text('WRITTEN BY A CONFORMANCE RUN'),
    }),
  },
  VXU: {
    trigger: 'V04',
    structure: 'VXU_V04',
    after: () => ({
      'ORC-1': 'RE',
      'ORC-3.1': newControlId(),
      'RXA-1': '0',
      'RXA-2': '1',
      'RXA-3': now(),
      'RXA-5.1': '1324681000000101',
      'RXA-5.2': 'VACCINE',
      'RXA-5.3': 'SCT',
      'RXA-6': '1',
      'RXA-20': 'CP',
    }),
  },
  OML: { trigger: 'O21', structure: 'OML_O21', answer: 'ORL', after: order },
  ORM: { trigger: 'O01', structure: 'ORM_O01', answer: 'ORR', after: order },
};

/** Of a message by its MSH-9.1, or of what a profile says; undefined for ADT, and for what nobody knows. */
export const kindOf = (type: string | undefined): Hl7Kind | undefined =>
  Object.entries(HL7_KINDS).find(([name]) => name === type)?.[1];

/** Dialects in which no message asks for an accept acknowledgement. */
const ORIGINAL_MODE_ONLY = ['hl7v2-itk'];

export const hasOriginalModeOnly = ({ dialect }: { readonly dialect: string }): boolean =>
  ORIGINAL_MODE_ONLY.includes(dialect);
