import { type Fault, INVALID_RESOURCE, problem, TOO_LARGE } from '../../problem.ts';
import { runBatch } from '../bundle/batch.ts';
import { distinct } from '../bundle/response.ts';
import { runTransaction } from '../bundle/transaction.ts';
import { bundleText } from '../bundle-text.ts';
import { requireType } from '../document.ts';
import type { FhirResource } from '../stored.ts';
import { validateResource } from '../validate.ts';
import { operation } from './operation.ts';

/** A transaction is atomic and has the store to itself while it runs; what is larger belongs in several. */
const ENTRIES_MAX = 5000;

/** What is wrong with the bundle apart from its entries, each of which is judged by itself. */
const bundleFaults = (bundle: FhirResource): readonly Fault[] => {
  const { entry: _entries, ...shell } = bundle;
  return validateResource(shell, 'Bundle').filter(({ severity }) => severity === undefined || severity === 'error');
};

const entriesOf = (bundle: FhirResource): readonly unknown[] => {
  const { entry } = bundle;
  if (entry === undefined) return [];
  if (!Array.isArray(entry)) throw problem(INVALID_RESOURCE, 'entry has to be an array', { at: 'Bundle.entry' });
  if (entry.length > ENTRIES_MAX)
    throw problem(TOO_LARGE, `The bundle has ${entry.length} entries; ${ENTRIES_MAX} are the most`, {
      at: 'Bundle.entry',
    });
  return entry;
};

/** FHIR R4 http.html#transaction */
export const batch = operation('batch', { system: ['batch', 'transaction'] }, async (request) => {
  const { call, ctx, endpoint, prefer } = request;
  const bundle = requireType(request.body(), 'Bundle');
  const faults = bundleFaults(bundle);
  if (faults.length > 0) throw problem(INVALID_RESOURCE, faults);
  const { type } = bundle;
  if (type !== 'batch' && type !== 'transaction')
    throw problem(INVALID_RESOURCE, `The type of the Bundle has to be batch or transaction, not '${String(type)}'`, {
      at: 'Bundle.type',
    });
  const values = entriesOf(bundle);
  const { entries, concealed = false } =
    type === 'batch'
      ? await runBatch(endpoint, call, ctx, values)
      : { entries: await runTransaction(endpoint, call, ctx, values, prefer) };
  const body = bundleText({ type: `${type}-response`, timestamp: ctx.now(), entries: distinct(entries) });
  return { status: 200, body, concealed };
});
