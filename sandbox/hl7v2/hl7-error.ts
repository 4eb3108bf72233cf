/** Where in a message something is wrong, as ERR-2 names it; every number counts from 1. */
export interface Location {
  readonly segment: string;
  /** Which of the segments of this name. */
  readonly occurrence?: number;
  readonly field?: number;
  readonly repetition?: number;
  readonly component?: number;
  readonly subcomponent?: number;
}

/** HL7 table 0357, message error condition codes, as far as they are used here. */
export const CONDITIONS = {
  100: 'Segment sequence error',
  101: 'Required field missing',
  102: 'Data type error',
  103: 'Table value not found',
  200: 'Unsupported message type',
  201: 'Unsupported event code',
  202: 'Unsupported processing id',
  203: 'Unsupported version id',
  204: 'Unknown key identifier',
  205: 'Duplicate key identifier',
  206: 'Application record locked',
  207: 'Application internal error',
} as const;

export type Condition = keyof typeof CONDITIONS;

export interface Hl7ErrorOptions {
  readonly condition?: Condition;
  readonly at?: Location;
  /** Bytes from the beginning of the message. */
  readonly position?: number;
}

/** The only error that reading and writing HL7 v2 throws, whatever the bytes. `message` quotes nothing of a field's content. */
export class Hl7Error extends Error {
  readonly condition: Condition;
  readonly at?: Location;
  readonly position?: number;

  constructor(message: string, { condition = 102, at, position }: Hl7ErrorOptions = {}) {
    super(message);
    this.name = 'Hl7Error';
    this.condition = condition;
    if (at !== undefined) this.at = at;
    if (position !== undefined) this.position = position;
  }
}
