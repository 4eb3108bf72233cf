import type { Hl7Message } from '../message.ts';
import { dateTime } from './primitives.ts';

/**
 * The offset of times that name none: that of MSH-7, which is the default throughout the message (HL7 v2.5 chapter 2.15.9.7), else
 * the one that is given, such as `+00:00`.
 */
export const zoneOf = (message: Hl7Message, given: string): string =>
  /T.*([+-]\d{2}:\d{2})$/.exec(String(dateTime(message.text('MSH-7'), '')))?.[1] ?? given;
