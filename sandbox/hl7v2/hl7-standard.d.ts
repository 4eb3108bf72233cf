/** What `segment-fields.ts` uses of hl7-standard 1.0.4, which has no types of its own. Nothing else imports it. */
declare module 'hl7-standard' {
  type Component = string | string[];
  type Components = Record<string, Component>;
  /** An array of strings is one repetition of one component with subcomponents; an array of records, repetitions. */
  type Field = string | string[] | Components | Components[];

  interface Segment {
    /** `PID.1`, `PID.2`, … in order; `MSH.2`, `MSH.3`, … for MSH. */
    readonly data: Record<string, Field>;
  }

  export default class HL7 {
    /** The names are the library's: `subComponents` separates repetitions, `repeatingFields` subcomponents. */
    constructor(
      data: string,
      options: { readonly subComponents: string; readonly repeatingFields: string; readonly lineEndings: string },
    );
    transform(): unknown;
    build(): string;
    getSegment(name: string): Segment | null;
    createSegment(name: string): Segment;
  }
}
