import { at, notMade, type Observation } from '../../sandbox/conformance/evidence.ts';
import {
  base,
  foundIn,
  headers,
  madeIn,
  OTHER_TYPE,
  otherPerson,
  person,
  pointer,
  type RegistrySession,
  search,
  text,
} from './drive-pointer.ts';

const AFTER_CREATE = [
  'update-immutable',
  'after-immutable',
  'supersede',
  'superseded-search',
  'supersede-person',
  'supersede-type',
  'delete',
  'deleted-search',
];
const WRITES = ['create', 'create-other', 'update-other', ...AFTER_CREATE];

const FHIR = { 'content-type': 'application/fhir+json' };

const post = (session: RegistrySession, step: string, body: object): Promise<Observation> =>
  session.http(step, {
    method: 'POST',
    path: base(session, 'producer'),
    headers: { ...headers(session), ...FHIR, prefer: 'return=representation' },
    body: JSON.stringify(body),
  });
export const onPointer = (
  session: RegistrySession,
  step: string,
  method: string,
  id: string,
  body?: object,
): Promise<Observation> =>
  session.http(step, {
    method,
    path: `${base(session, 'producer')}/${encodeURIComponent(id)}`,
    headers: { ...headers(session), ...(body === undefined ? {} : FHIR) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });

const replaces = (id: string): object => ({
  relatesTo: [
    {
      code: 'replaces',
      target: { type: 'DocumentReference', reference: `DocumentReference/${id}`, identifier: { value: id } },
    },
  ],
});

/** A refusal that did not come has left something behind, which is taken away again. */
const tidy = async (session: RegistrySession, step: string, made: Observation): Promise<void> => {
  const id = madeIn(made);
  if (id !== undefined) await onPointer(session, `tidy-${step}`, 'DELETE', id);
};

/** Somebody else's pointer is sent back as it was read: a registry that takes that has changed nothing of it. */
const touchOthers = async (session: RegistrySession): Promise<void> => {
  const found = foundIn(await search(session, 'search-others', { 'subject:identifier': person(session) }));
  const mine = session.manner.custodian(session).value;
  const other = found.find((one) => at(one, 'custodian', 'identifier', 'value') !== mine);
  const id = text(at(other, 'id'));
  if (other === undefined || id === '' || typeof other !== 'object' || other === null)
    session.leaveOut(['update-other'], 'no pointer of another organisation was found about that person');
  else await onPointer(session, 'update-other', 'PUT', id, other);
};

const replace = async (session: RegistrySession, old: string): Promise<string> => {
  const person = await post(
    session,
    'supersede-person',
    pointer(session, { ...replaces(old), subject: { identifier: otherPerson(session) } }),
  );
  await tidy(session, 'supersede-person', person);
  const type = await post(session, 'supersede-type', pointer(session, { ...replaces(old), type: OTHER_TYPE }));
  await tidy(session, 'supersede-type', type);
  const next = madeIn(await post(session, 'supersede', pointer(session, replaces(old))));
  return next ?? old;
};

/** Registers pointers of the run's own, and withdraws them. */
const register = async (session: RegistrySession): Promise<void> => {
  const other = session.manner.otherCustodian(session);
  if (other === undefined)
    session.leaveOut(
      ['create-other'],
      'the profile names no organisation for which it may not register (ids.otherCustodian)',
    );
  else
    await tidy(
      session,
      'create-other',
      await post(session, 'create-other', pointer(session, { custodian: { identifier: other } })),
    );
  await touchOthers(session);
  const created = await post(session, 'create', pointer(session));
  const id = madeIn(created);
  if (id === undefined) {
    session.leaveOut(AFTER_CREATE, `no pointer could be registered (${notMade(created)})`);
    return;
  }
  await onPointer(session, 'update-immutable', 'PUT', id, { ...pointer(session, { type: OTHER_TYPE }), id });
  await onPointer(session, 'after-immutable', 'GET', id);
  const last = await replace(session, id);
  const by = { 'subject:identifier': person(session) };
  await search(session, 'superseded-search', by);
  await onPointer(session, 'delete', 'DELETE', last);
  await search(session, 'deleted-search', by);
};

/** Only where the profile consents; `own` are the steps of the dialect alone, with what it takes to send them. */
export const driveWrites = async (
  session: RegistrySession,
  own: { readonly steps: readonly string[]; drive(): Promise<void> },
): Promise<void> => {
  if (!session.profile.consentToWrite) {
    session.leaveOut([...own.steps, ...WRITES], 'the profile does not consent to writing (consentToWrite)');
    return;
  }
  await own.drive();
  await register(session);
};
