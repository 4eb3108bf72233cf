import { requireText } from '../../sandbox/act-values.ts';
import { timestamp } from '../../sandbox/hl7v2/acknowledge.ts';
import { newControlId } from '../../sandbox/hl7v2/control-id.ts';
import { createMessage } from '../../sandbox/hl7v2/message.ts';
import type { Act } from '../../sandbox/pattern.ts';
import { keepHl7Change, keepHl7Referral } from './hl7-requester.ts';
import { transmitHl7 } from './hl7-transmit.ts';
import { addition, only, requestOf } from './named-request.ts';

/** Where HL7 v2 is spoken beside FHIR. */
export const HL7_DIALECTS = ['fhir-r4'];

export const hl7RequesterActs: Readonly<Record<string, Act>> = {
  'send-hl7-referral': {
    title: 'Send a referral by HL7 v2',
    summary:
      'REF^I12 over MLLP. In enhanced mode it is accepted at once (CA), and answered by RRI^I12 when somebody has decided',
    dialects: HL7_DIALECTS,
    input: {
      type: 'object',
      required: ['patient'],
      properties: {
        patient: { type: 'string', minLength: 1, maxLength: 64, title: 'Patient', default: '9000000009' },
        reason: { type: 'string', maxLength: 200, title: 'Reason', default: 'Cough for six weeks' },
        mode: { type: 'string', enum: ['enhanced', 'original'], title: 'Acknowledgement mode', default: 'enhanced' },
      },
      additionalProperties: false,
    },
    run: async (input, ctx) =>
      transmitHl7(
        ctx,
        await keepHl7Referral(ctx, {
          patient: requireText(input, 'patient'),
          reason: typeof input.reason === 'string' ? input.reason : 'Cough for six weeks',
          mode: input.mode === 'original' ? 'original' : 'enhanced',
        }),
      ),
  },
  'amend-hl7-referral': {
    title: 'Add to a referral by HL7 v2',
    summary: 'REF^I13: the same referral (RF1-6) with more to it. It waits again, and the answer names this message',
    dialects: HL7_DIALECTS,
    input: addition,
    run: async (input, ctx) => {
      const request = await requestOf(ctx, input, 'mllp');
      const text = requireText(input, 'text');
      return transmitHl7(ctx, await keepHl7Change(ctx, request, { event: 'I13', text }));
    },
  },
  'cancel-hl7-referral': {
    title: 'Cancel a referral by HL7 v2',
    summary: 'REF^I14: the referral is cancelled at once if nobody has decided it, else it is AE',
    dialects: HL7_DIALECTS,
    input: only,
    run: async (input, ctx) =>
      transmitHl7(ctx, await keepHl7Change(ctx, await requestOf(ctx, input, 'mllp'), { event: 'I14' })),
  },
};

export const hl7ProviderActs: Readonly<Record<string, Act>> = {
  'answer-nothing-by-hl7': {
    title: 'Send an RRI to nothing',
    summary: 'By HL7 v2: MSA-2 names a referral that was never made. The requester has to refuse it (CE)',
    dialects: HL7_DIALECTS,
    input: { type: 'object', properties: {}, additionalProperties: false },
    run: async (_input, ctx) => {
      const now = timestamp(ctx.now());
      const message = createMessage();
      const set = (values: Readonly<Record<string, string>>): void => {
        for (const [path, value] of Object.entries(values)) message.set(path, value);
      };
      set({ 'MSH-3': 'RAS', 'MSH-4': 'RCB', 'MSH-5': 'EPR', 'MSH-6': 'Y12345', 'MSH-7': now, 'MSH-9.1': 'RRI' });
      set({ 'MSH-9.2': 'I12', 'MSH-9.3': 'RRI_I12', 'MSH-10': newControlId(), 'MSH-11': 'P', 'MSH-12': '2.5.1' });
      set({ 'MSH-15': 'AL', 'MSH-16': 'NE' });
      message.addSegment('MSA');
      set({ 'MSA-1': 'AA', 'MSA-2': newControlId() });
      message.addSegment('RF1');
      set({ 'RF1-1': 'A' });
      const { code, text, exchange } = await ctx.sendHl7('requester', { message: message.toBytes() });
      return { code, ...(text === undefined ? {} : { because: text }), exchange };
    },
  },
};
