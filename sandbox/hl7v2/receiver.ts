import type { Caller, Ctx } from '../pattern.ts';
import type { Tx } from '../sql/port.ts';
import type { MessageFault } from './acknowledge.ts';
import type { Hl7Message } from './message.ts';

/** What a participant makes of a message. */
export interface Hl7Answer {
  /** AE where one of the faults is an error, and AA otherwise, unless told. */
  readonly code?: 'AA' | 'AE' | 'AR';
  /** MSA-3; the first fault unless told. */
  readonly text?: string;
  readonly faults?: readonly MessageFault[];
  /**
   * What the message changes, in the one transaction that also records it and keeps the reply: so there is never one
   * without the others, and a message that comes again changes nothing. It may run again, and awaits only its own queries.
   * What it throws undoes it all and becomes AE or AR.
   */
  effect?(tx: Tx): Promise<void>;
  /** Adds what else this type of reply has, such as ORC and OBR in an ORR. */
  complete?(reply: Hl7Message): void;
  /**
   * In enhanced mode, where it accepts: what the application says is not known yet. The participant sends it itself, by
   * `answerLater` of application.ts, once it is.
   */
  readonly later?: true;
}

/** One participant that receives messages. */
export interface Hl7Receiver {
  /** `ADT^A01`, or `ADT` for all its events; every type unless told. Others are AR (200, 201). */
  readonly types?: readonly string[];
  /**
   * Pure over ctx, as a handler is: reads, decides, and leaves every change to `effect`. Throwing an Hl7Error or a problem is
   * AE, or AR where the fault is not in the content (5xx, or conditions 200 to 203).
   */
  receive(message: Hl7Message, ctx: Ctx, from: Caller): Promise<Hl7Answer>;
  /**
   * What an application made of a message that this participant sent in enhanced mode: AA, AE or AR, in a message of its own.
   * MSA-2 says which one it was. Gives what that changes, once however often it comes; undefined where no such message was
   * sent, which is CE (204). Accept acknowledgements (CA, CE, CR) belong to their connection and do not come here.
   */
  acknowledged?(acknowledgement: Hl7Message, ctx: Ctx, from: Caller): Promise<((tx: Tx) => Promise<void>) | undefined>;
}

export type Hl7Receivers = Readonly<Record<string, Hl7Receiver>>;
