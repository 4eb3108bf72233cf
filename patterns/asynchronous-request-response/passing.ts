import { at, list } from '../../sandbox/conformance/evidence.ts';
import { parsed, pathOf, type SeenExchange } from '../../sandbox/conformance/journal-evidence.ts';
import { type Passing, tells, wasDone } from '../../sandbox/conformance/passing.ts';

const isMessage = (one: SeenExchange): boolean =>
  one.request.method === 'POST' && pathOf(one).startsWith('/$process-message') && parsed(one.request) !== undefined;
const headerIn = (one: SeenExchange): unknown => at(parsed(one.request), 'entry', 0, 'resource');
const bundleOf = (one: SeenExchange): unknown => at(parsed(one.request), 'id');
const answers = (one: SeenExchange): unknown => at(headerIn(one), 'response', 'identifier');
const correlationOf = ({ request }: SeenExchange): string | undefined =>
  request.headers['x-correlation-id']?.toLowerCase();
const referralsIn = (one: SeenExchange): readonly unknown[] =>
  list(at(parsed(one.request), 'entry'))
    .map((entry) => at(entry, 'resource'))
    .filter((resource) => at(resource, 'resourceType') === 'ServiceRequest');
const isRevoked = (one: SeenExchange): boolean => referralsIn(one).some((each) => at(each, 'status') === 'revoked');
const idsIn = (one: SeenExchange): readonly unknown[] => referralsIn(one).map((each) => at(each, 'id'));

const isAnswerTo =
  (asked: SeenExchange) =>
  (response: SeenExchange): boolean =>
    [bundleOf(asked), at(headerIn(asked), 'id')].includes(answers(response)) ||
    (correlationOf(asked) !== undefined && correlationOf(asked) === correlationOf(response));

/** A referral, the same again, one whose ids are missing, and one that is taken back while nothing is decided. */
const messageSteps = (asked: readonly SeenExchange[], responses: readonly SeenExchange[]) => {
  const steps = new Map<string, string>();
  const firsts = asked.filter(
    (one, index) => !asked.slice(0, index).some((before) => bundleOf(before) === bundleOf(one)),
  );
  const referrals = firsts.filter((one) => !isRevoked(one) && tells(one));
  const refer = referrals.find((one) => responses.some(isAnswerTo(one))) ?? referrals[0];
  const bare = asked.find(({ request: { headers } }) => !('x-request-id' in headers && 'x-correlation-id' in headers));
  if (bare !== undefined) steps.set(bare.id, 'refer-without-ids');
  if (refer === undefined) return { steps, refer };
  steps.set(refer.id, 'refer');
  // Whichever of them came again: what is judged is that it was known.
  const again = asked.find((one) =>
    referrals.some((first) => wasDone(first) && one.began >= first.ended && bundleOf(one) === bundleOf(first)),
  );
  if (again !== undefined && wasDone(refer)) steps.set(again.id, 'refer-again');
  for (const cancel of firsts.filter(isRevoked)) {
    const waiting = referrals.find((one) => idsIn(one).some((id) => idsIn(cancel).includes(id)));
    const isDecided =
      waiting !== undefined && responses.some((one) => isAnswerTo(waiting)(one) && one.began < cancel.began);
    if (waiting === undefined || isDecided || !wasDone(waiting)) continue;
    if (waiting !== refer) steps.set(waiting.id, 'refer-to-cancel');
    steps.set(cancel.id, 'cancel');
    break;
  }
  return { steps, refer };
};

/** What was put off, and what came of asking at the address that it was given; once it is answered, the address may go. */
const statusSteps = (answered: readonly SeenExchange[]): ReadonlyMap<string, string> => {
  const steps = new Map<string, string>();
  const putOff = answered.find(
    (one) => /respond-async/.test(one.request.headers.prefer ?? '') && !isMessage(one) && tells(one),
  );
  const address = putOff?.reply?.headers['content-location'];
  if (putOff === undefined) return steps;
  steps.set(putOff.id, 'put-off');
  const place = address === undefined ? undefined : URL.parse(address)?.pathname;
  let [asked, over] = [0, false];
  for (const one of answered) {
    if (place === undefined || URL.parse(one.request.url)?.pathname !== place || one.began < putOff.ended) continue;
    const isCancelled = [...steps.values()].includes('cancel-status');
    if (one.request.method === 'DELETE' && !over) steps.set(one.id, 'cancel-status');
    else if (one.request.method !== 'GET' || [401, 403].includes(one.reply?.status ?? 0)) continue;
    else if (isCancelled) steps.set(one.id, 'status-cancelled');
    else if (!over) {
      asked += 1;
      steps.set(one.id, asked === 1 ? 'status-first' : `status-${asked}`);
      over = one.reply?.status === 200;
    }
  }
  return steps;
};

/** Referrals as messages, their business responses where those pass, too, and status addresses. */
export const passing: Passing = {
  participants: ['provider'],
  name: ({ dialect, answered, sent }) => {
    const asked = answered.filter((one) => isMessage(one) && answers(one) === undefined);
    const responses = sent.filter((one) => isMessage(one) && answers(one) !== undefined);
    const { steps, refer } = messageSteps(asked, responses);
    const mine = refer === undefined ? [] : responses.filter(isAnswerTo(refer));
    // Of several referrals nobody can say to which of them a response belongs that names none.
    const told = mine.length > 0 || asked.filter((one) => !isRevoked(one)).length > 1 ? mine : responses;
    return {
      steps: new Map([...steps, ...(dialect === 'fhir-r4' ? statusSteps(answered) : [])]),
      received: told.map((one, index) => [one, `callback-${index + 1}`] as const),
    };
  },
};
