import type { FhirResource } from '../../sandbox/fhir/stored.ts';
import type { Ctx } from '../../sandbox/pattern.ts';
import { custodianOf, keyOf, masterOf, part } from '../../sandbox/pointers/pointer.ts';
import { type Answer, complaintOf, find, pointersIn, type Wanted } from './registry-call.ts';
import { type Retrieved, retrieve } from './retrieve.ts';

const TEXT_SHOWN = 2_000;

/** The same document twice: of one custodian under one master identifier, or at one address. */
const sameAs = (pointer: FhirResource): readonly string[] => {
  const [custodian, master] = [custodianOf(pointer), masterOf(pointer)];
  return [
    `at ${String(part(pointer, 'content', 0, 'attachment', 'url'))}`,
    ...(custodian === undefined || master === undefined ? [] : [`${keyOf(custodian)} ${keyOf(master)}`]),
  ];
};

const withoutDuplicates = (pointers: readonly FhirResource[]) => {
  const seen = new Set<string>();
  const [once, twice]: [FhirResource[], FhirResource[]] = [[], []];
  for (const pointer of pointers) {
    const names = sameAs(pointer);
    (names.some((name) => seen.has(name)) ? twice : once).push(pointer);
    for (const name of names) seen.add(name);
  }
  return { once, twice };
};

const titleOf = (pointer: FhirResource): unknown =>
  part(pointer, 'content', 0, 'attachment', 'title') ??
  part(pointer, 'type', 'text') ??
  part(pointer, 'type', 'coding', 0, 'display');

const about = (pointer: FhirResource) => ({
  pointer: pointer.id ?? null,
  title: titleOf(pointer) ?? null,
  custodian: part(pointer, 'custodian', 'display') ?? custodianOf(pointer)?.value ?? null,
});

/** One OperationOutcome for each thing that whoever reads this has to know beside the documents. */
const outcomeOf = (pointer: FhirResource, severity: 'error' | 'warning', code: string, because: string) => ({
  resourceType: 'OperationOutcome',
  issue: [
    {
      severity,
      code,
      details: { text: because },
      diagnostics: `DocumentReference/${pointer.id ?? ''}: ${because}`,
      expression: ['DocumentReference.content[0].attachment.url'],
    },
  ],
});

const CHANGED = 'The content is not what the pointer describes: it was changed after it was registered';
const TWICE = 'The same document is registered more than once; it is shown once';

const shownAs = (pointer: FhirResource, got: Retrieved): readonly object[] => {
  if (!got.got) return [outcomeOf(pointer, 'error', got.code, got.because)];
  const binary = {
    resourceType: 'Binary',
    contentType: got.contentType,
    data: Buffer.from(got.text).toString('base64'),
  };
  return [binary, ...(got.changed ? [outcomeOf(pointer, 'warning', 'conflict', CHANGED)] : [])];
};

/** The registry itself did not answer, or refused: that is not the same as "there is nothing". */
const notFound = (answer: Answer) => ({
  complete: false,
  pointers: null,
  because: complaintOf(answer) ?? answer.because ?? `The registry answered ${answer.status ?? 'nothing'}`,
  documents: [],
  unavailable: [],
});

/**
 * Asks the registry, then every source that it names, at the same time and each with the same limit. What could not be had is
 * named beside what could: a partial result says that it is one.
 */
export const gather = async (ctx: Ctx, wanted: Wanted, timeout: number): Promise<unknown> => {
  const answer = await find(ctx, wanted);
  if (answer.status !== 200) return notFound(answer);
  const pointers = pointersIn(answer);
  const { once, twice } = withoutDuplicates(pointers);
  const all = await Promise.all(once.map(async (pointer) => ({ pointer, got: await retrieve(ctx, pointer, timeout) })));
  const documents = all.flatMap(({ pointer, got }) =>
    got.got
      ? [{ ...about(pointer), contentType: got.contentType, changed: got.changed, text: got.text.slice(0, TEXT_SHOWN) }]
      : [],
  );
  const unavailable = all.flatMap(({ pointer, got }) =>
    got.got ? [] : [{ ...about(pointer), code: got.code, because: got.because, status: got.status ?? null }],
  );
  const resources = [
    ...all.flatMap(({ pointer, got }) => [pointer, ...shownAs(pointer, got)]),
    ...twice.flatMap((pointer) => [pointer, outcomeOf(pointer, 'warning', 'duplicate', TWICE)]),
  ];
  return {
    complete: unavailable.length === 0,
    pointers: pointers.length,
    // No pointer does not mean no record (pattern.yaml, "Completeness").
    ...(pointers.length === 0
      ? { because: 'Nobody has registered anything; that does not mean that there is nothing' }
      : {}),
    documents,
    unavailable,
    duplicates: twice.map(about),
    asAt: new Date(ctx.now()).toISOString(),
    bundle: {
      resourceType: 'Bundle',
      type: 'collection',
      timestamp: new Date(ctx.now()).toISOString(),
      ...(resources.length === 0 ? {} : { entry: resources.map((resource) => ({ resource })) }),
    },
  };
};
