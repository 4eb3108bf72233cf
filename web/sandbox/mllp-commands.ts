import type { Endpoint, Sandbox } from '../data/sandbox-types.ts';
import type { Command } from './commands.ts';

/** `20261122100000`, of the sandbox's clock. */
const timestamp = ({ clock }: Sandbox): string => clock.now.slice(0, 19).replace(/[-:T]/g, '');

interface Sample {
  readonly title: string;
  readonly type: string;
  readonly lines: readonly string[];
}

/** What the participant of a pattern is sent there. */
const sampleFor = ({ pattern }: Sandbox, { participant }: Endpoint, patient: string, now: string): Sample => {
  const pid = `PID|1||${patient}^^^NHS^NH||TESTCASE^ADA`;
  if (pattern === 'synchronous-request-response') {
    const lines = [`QRD|${now}|R|I|1|||10^RD|${patient}^^^^^^^^^^^^NH|DEM|ALL`];
    return { title: 'Ask who somebody is', type: 'QRY^A19', lines };
  }
  if (participant === 'requester') {
    const lines = ['MSA|AA|0', 'RF1|A'];
    return { title: 'Answer a referral that was never made', type: 'RRI^I12^RRI_I12', lines };
  }
  if (pattern === 'asynchronous-request-response') {
    const lines = ['RF1|P|R||||UBRN1^Y12345||||^Cough for six weeks', 'PRD|RP|TESTER^GRACE', pid];
    return { title: 'Refer somebody', type: 'REF^I12^REF_I12', lines };
  }
  return {
    title: 'Admit somebody',
    type: 'ADT^A01^ADT_A01',
    lines: [`EVN||${now}`, pid, 'PV1|1|I|||||||||||||||||V1'],
  };
};

/** One message through `fingerpost hl7 send`, which prints the acknowledgement; its control id is new each time. */
export const mllpCommands = (
  sandbox: Sandbox,
  endpoint: Endpoint,
  patient: string,
  uuid: () => string,
  quote: (text: string) => string,
): Command[] => {
  if (endpoint.url === undefined) return [];
  const now = timestamp(sandbox);
  const { title, type, lines } = sampleFor(sandbox, endpoint, patient, now);
  const isReferral = type.startsWith('REF');
  const isAnswer = type.startsWith('RRI');
  const id = uuid().replaceAll('-', '').slice(0, 20).toUpperCase();
  const mode = isReferral ? '|||AL|AL' : isAnswer ? '|||AL|NE' : '';
  const security = endpoint.credential ?? '';
  const head = `MSH|^~\\&|PAS|RCB|ROUTE|ROUTE|${now}|${security}|${type}|${id}|P|2.4${mode}`;
  // printf writes \r as a carriage return, and \\ as one backslash.
  const text = [head, ...lines, ''].join('\r').replaceAll('\\', '\\\\').replaceAll('%', '%%').replaceAll('\r', '\\r');
  return [{ title, text: `printf ${quote(text)} \\\n  | npx fingerpost hl7 send --to ${quote(endpoint.url)}` }];
};
