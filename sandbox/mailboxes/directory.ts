import { hasValidCheckDigit } from '../nhs-number.ts';
import type { Ctx } from '../pattern.ts';
import type { Reader, Tx } from '../sql/port.ts';

export interface Mailbox {
  /** Upper case: `X26ABC1`. */
  readonly mailbox: string;
  /** Whose it is; null where nobody in the sandbox has it. */
  readonly participant: string | null;
  readonly name: string;
  readonly ods: string;
}

export interface NewMailbox extends Mailbox {
  readonly sends: readonly string[];
  readonly receives: readonly string[];
}

/** A person whose practice has a mailbox, so that it can be addressed by the person's details. */
export interface Registered {
  readonly number: string;
  /** `ddmmyyyy`, as addresses write it. */
  readonly born: string;
  readonly surname: string;
  readonly mailbox: string;
}

const plain = (surname: string): string => surname.normalize('NFD').replaceAll(/\p{M}/gu, '').toUpperCase();

/** Opens a mailbox of the exchange whose store it is; done by a pattern's seed. */
export const openMailbox = async (ctx: Ctx, tx: Tx, one: NewMailbox): Promise<void> => {
  const { mailbox, participant, name, ods } = one;
  await tx.query('insert into mailbox (store, mailbox, participant, name, ods) values ($1, $2, $3, $4, $5)', [
    ctx.store,
    mailbox,
    participant,
    name,
    ods,
  ]);
  const registrations = [
    ...one.sends.map((workflow) => [workflow, 'sends'] as const),
    ...one.receives.map((workflow) => [workflow, 'receives'] as const),
  ];
  for (const [workflow, direction] of registrations)
    await tx.query('insert into mailbox_workflow (store, workflow, mailbox, direction) values ($1, $2, $3, $4)', [
      ctx.store,
      workflow,
      mailbox,
      direction,
    ]);
};

export const registerPerson = async (ctx: Ctx, tx: Tx, person: Registered): Promise<void> => {
  await tx.query('insert into mailbox_person (store, number, mailbox, born, surname) values ($1, $2, $3, $4, $5)', [
    ctx.store,
    person.number,
    person.mailbox,
    person.born,
    plain(person.surname),
  ]);
};

const COLUMNS = 'mailbox, participant, name, ods';

/** `store` is that of the exchange. */
export const findMailbox = async (reader: Reader, store: number, mailbox: string): Promise<Mailbox | undefined> => {
  const [row] = await reader.query<Mailbox>(`select ${COLUMNS} from mailbox where store = $1 and mailbox = $2`, [
    store,
    mailbox,
  ]);
  return row;
};

const LISTED_MAX = 100;

/** Mailboxes of an organisation that receive a workflow. */
export const lookUp = (reader: Reader, store: number, ods: string, workflow: string): Promise<Mailbox[]> =>
  reader.query<Mailbox>(
    `select m.mailbox, m.participant, m.name, m.ods from mailbox_workflow w
       join mailbox m on m.store = w.store and m.mailbox = w.mailbox
     where w.store = $1 and w.workflow = $2 and w.direction = 'receives' and m.ods = $3 order by m.mailbox limit $4`,
    [store, workflow, ods, LISTED_MAX],
  );

/** Mailboxes that receive a workflow, whose ever they are. */
export const findReceivers = (reader: Reader, store: number, workflow: string): Promise<Mailbox[]> =>
  reader.query<Mailbox>(
    `select m.mailbox, m.participant, m.name, m.ods from mailbox_workflow w
       join mailbox m on m.store = w.store and m.mailbox = w.mailbox
     where w.store = $1 and w.workflow = $2 and w.direction = 'receives' order by m.mailbox limit $3`,
    [store, workflow, LISTED_MAX],
  );

/**
 * Whether the mailbox may send or receive this workflow. One that nobody is registered for is nobody's to restrict: it goes
 * through, and whoever gets it has to know what to do with what it does not know.
 */
export const isRegistered = async (
  reader: Reader,
  store: number,
  workflow: string,
  mailbox: string,
  direction: 'sends' | 'receives',
): Promise<boolean> => {
  const rows = await reader.query<{ mailbox: string }>(
    'select mailbox from mailbox_workflow where store = $1 and workflow = $2 and direction = $3 order by mailbox limit $4',
    [store, workflow, direction, LISTED_MAX],
  );
  return rows.length === 0 || rows.some((row) => row.mailbox === mailbox);
};

/** Why an address leads nowhere: a code of the exchange and what it says. */
export interface Astray {
  readonly code: string;
  readonly reason: string;
}

const ROUTED = /^GPPROVIDER_([^_]*)_([^_]*)_(.*)$/;

/** The number of the person whose practice is meant; undefined for an address that is a mailbox's id. */
export const personIn = (address: string): string | undefined => ROUTED.exec(address)?.[1];

const byPerson = async (ctx: Ctx, tx: Tx, number: string, born: string, surname: string): Promise<Mailbox | Astray> => {
  if (!hasValidCheckDigit(number)) return { code: 'EPL-152', reason: 'Invalid NHS Number' };
  const rows = await tx.query<{ mailbox: string; born: string; surname: string }>(
    'select mailbox, born, surname from mailbox_person where store = $1 and number = $2 order by mailbox limit 3',
    [ctx.store, number],
  );
  if (rows.length === 0) return { code: 'EPL-153', reason: 'NHS Number not found' };
  const matching = rows.filter((row) => row.born === born && row.surname === plain(surname));
  if (matching.length === 0) return { code: 'EPL-154', reason: 'NHS Number supplied does not match the demographics' };
  if (matching.length > 1) return { code: 'EPL-150', reason: 'Multiple mailboxes matches' };
  const found = await findMailbox(tx, ctx.store, matching[0]?.mailbox ?? '');
  return found ?? { code: 'EPL-151', reason: 'No mailbox matched' };
};

/** Where an address leads: a mailbox by its id, or by a person's details to that of the practice. */
export const route = async (ctx: Ctx, tx: Tx, address: string): Promise<Mailbox | Astray> => {
  const [, number, born, surname] = ROUTED.exec(address) ?? [];
  if (number !== undefined && born !== undefined && surname !== undefined)
    return byPerson(ctx, tx, number, born, surname);
  return (await findMailbox(tx, ctx.store, address)) ?? { code: '12', reason: 'Unregistered to address' };
};
