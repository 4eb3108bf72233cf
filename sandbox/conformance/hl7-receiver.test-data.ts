import { acknowledge, type Code } from '../hl7v2/acknowledge.ts';
import { newControlId } from '../hl7v2/control-id.ts';
import { type Hl7Message, parseMessage } from '../hl7v2/message.ts';
import { frameOf } from '../hl7v2/mllp-frames.ts';
import { listenMllp } from '../hl7v2/mllp-server.ts';

/** A receiver that keeps to the rules, but for what it is told to do otherwise. */
export interface Habits {
  /** Changes the acknowledgement before it goes out. */
  readonly spoil?: (reply: Hl7Message, sent: Hl7Message) => void;
  /** In place of the acknowledgement as it would be written. */
  readonly write?: (reply: Hl7Message) => Buffer;
  /** Chooses the code itself. */
  readonly code?: (sent: Hl7Message, code: Code) => Code;
  /** Answers what nobody has to answer. */
  readonly answersAll?: true;
  /** Keeps no acknowledgements. */
  readonly forgets?: true;
  /** Takes what one read brings for one frame. */
  readonly swallowsSecond?: true;
}

const codeFor = (sent: Hl7Message): Code => {
  const enhanced = sent.encoded('MSH-15') !== '';
  const refusal = (code: 'AE' | 'AR'): Code => (enhanced ? (code === 'AE' ? 'CE' : 'CR') : code);
  if (sent.text('MSH-9.1') !== 'ADT' || sent.text('MSH-12') !== '2.4') return refusal('AR');
  if (sent.text('PID-3.1') === '') return refusal('AE');
  return enhanced ? 'CA' : 'AA';
};

export const openReceiver = async (habits: Habits = {}) => {
  const kept = new Map<string, Buffer>();
  let busy = false;
  const server = await listenMllp({
    host: '127.0.0.1',
    ports: [0],
    handle: async ({ content }) => {
      const sent = parseMessage(content);
      const silent = sent.count('MSA') > 0 || sent.encoded('MSH-15') === 'NE';
      if ((silent && habits.answersAll !== true) || (busy && habits.swallowsSecond === true)) return {};
      const stored = habits.forgets === true ? undefined : kept.get(sent.encoded('MSH-10'));
      if (stored !== undefined) return { wire: frameOf(stored) };
      const asked = codeFor(sent);
      const code = habits.code?.(sent, asked) ?? asked;
      const faults = /[ER]$/.test(code) ? [{ detail: 'This is not taken' }] : [];
      const reply = acknowledge(sent, { code, faults, controlId: newControlId(), now: Date.now() });
      habits.spoil?.(reply, sent);
      const bytes = habits.write?.(reply) ?? reply.toBytes();
      kept.set(sent.encoded('MSH-10'), bytes);
      busy = true;
      setImmediate(() => {
        busy = false;
      });
      return { wire: frameOf(bytes) };
    },
  });
  return { url: `mllp://127.0.0.1:${server.ports[0]}`, close: () => server.close(0) };
};
