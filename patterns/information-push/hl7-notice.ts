import { timestamp } from '../../sandbox/hl7v2/acknowledge.ts';
import { createMessage, type Hl7Message } from '../../sandbox/hl7v2/message.ts';
import type { Ctx } from '../../sandbox/pattern.ts';
import { EVENTS } from './events.ts';
import type { Notice } from './notification.ts';

const CONTROL_ID = 20;

/** A notification as HL7 v2: ADT in original mode, as ITK HL7 v2 ADT v1.1 has it (MSH-15 and MSH-16 empty). */
export const hl7Notice = (ctx: Ctx, { event, patient }: Notice): { id: string; message: Hl7Message } => {
  const id = ctx.uuid().replaceAll('-', '').slice(0, CONTROL_ID).toUpperCase();
  const trigger = EVENTS[event].trigger ?? 'A03';
  const now = timestamp(ctx.now());
  const message = createMessage();
  const set = (path: string, value: string): void => {
    message.set(path, value);
  };
  set('MSH-3', 'PAS');
  set('MSH-4', 'RCB');
  set('MSH-5', 'ROUTE');
  set('MSH-6', 'ROUTE');
  set('MSH-7', now);
  set('MSH-9.1', 'ADT');
  set('MSH-9.2', trigger);
  set('MSH-9.3', trigger === 'A03' ? 'ADT_A03' : 'ADT_A01');
  set('MSH-10', id);
  set('MSH-11', 'P');
  set('MSH-12', '2.4');
  set('MSH-17', 'GBR');
  set('MSH-18', 'UNICODE');
  set('MSH-21', 'iTKv1.0');
  message.addSegment('EVN');
  set('EVN-1', trigger);
  set('EVN-2', now);
  message.addSegment('PID');
  set('PID-1', '1');
  set('PID-3.1', patient);
  set('PID-3.4', 'NHS');
  set('PID-5.1', 'TESTCASE');
  set('PID-5.2', 'ADA');
  message.addSegment('PV1');
  set('PV1-1', '1');
  set('PV1-2', 'I');
  set('PV1-19.1', id.slice(0, 8));
  set(event === 'discharge-notification' ? 'PV1-45' : 'PV1-44', now);
  return { id, message };
};
