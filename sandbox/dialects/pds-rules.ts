import type { ProblemError } from '../problem.ts';
import { problem } from '../problem.ts';
import { DEATH_NOTIFICATION } from '../seed/systems.ts';
import { periodRules } from './pds-period-rules.ts';
import {
  forbiddenUpdate,
  invalidUpdate,
  invalidValue,
  TOO_MANY_VALUES,
  UNSUPPORTED_CHARACTERS,
  UNSUPPORTED_VALUE,
} from './pds-problems.ts';

/** A record before and after an update, on the day (yyyy-mm-dd) that the sandbox clock shows. */
export interface Update {
  readonly before: fhir4.Patient;
  readonly after: fhir4.Patient;
  readonly today: string;
}
export type Rule = (update: Update) => ProblemError | undefined;

const tooMany = (what: string): ProblemError =>
  problem(TOO_MANY_VALUES, `Invalid update with error - multiple ${what} cannot be added`);
const notAllowed = (value: string, field: string): ProblemError =>
  problem(UNSUPPORTED_VALUE, `Invalid update with error - '${value.slice(0, 60)}' cannot be set in field '${field}'`, {
    at: field,
  });

const gender: Rule = ({ before, after }) => {
  if (before.gender !== undefined && after.gender === undefined)
    return forbiddenUpdate('gender cannot be removed', 'gender');
  if (after.gender === before.gender) return undefined;
  if (after.gender === 'other') return notAllowed('other', 'gender');
  return ['male', 'female', 'unknown', undefined].includes(after.gender)
    ? undefined
    : invalidValue(after.gender, 'gender');
};

const isDay = (text: unknown): text is string =>
  typeof text === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text));

const birthDate: Rule = ({ before, after, today }) => {
  if (after.birthDate === before.birthDate) return undefined;
  if (after.birthDate === undefined) return forbiddenUpdate('birthDate cannot be removed', 'birthDate');
  if (!isDay(after.birthDate)) return invalidValue(after.birthDate, 'birthDate');
  if (after.birthDate > today) return invalidUpdate('birthDate cannot be in the future', 'birthDate');
  const died = after.deceasedDateTime?.slice(0, 10);
  return died !== undefined && after.birthDate > died
    ? invalidUpdate('birthDate cannot be after the date of death', 'birthDate')
    : undefined;
};

const deathStatus = (patient: fhir4.Patient): string | undefined =>
  patient.extension
    ?.find(({ url }) => url === DEATH_NOTIFICATION)
    ?.extension?.find(({ url }) => url === 'deathNotificationStatus')?.valueCodeableConcept?.coding?.[0]?.code;

const FORMAL = '2';

const death: Rule = ({ before, after, today }) => {
  const [was, is] = [deathStatus(before), deathStatus(after)];
  const [had, has] = [before.deceasedDateTime, after.deceasedDateTime];
  if (was === is && had === has) return undefined;
  if (was === FORMAL)
    return forbiddenUpdate('the death was notified formally and cannot be changed', 'deceasedDateTime');
  if (is === FORMAL) return forbiddenUpdate('a formal death notification is only set by certain systems', 'extension');
  if (had !== undefined && has === undefined)
    return forbiddenUpdate('deceasedDateTime cannot be removed', 'deceasedDateTime');
  if (was !== undefined && is === undefined)
    return forbiddenUpdate('the death notification cannot be removed', 'extension');
  if ((is === undefined) !== (has === undefined))
    return invalidUpdate(
      'a date of death and a death notification status have to be given together',
      'deceasedDateTime',
    );
  if (has === undefined) return undefined;
  const day = String(has).slice(0, 10);
  if (!isDay(day)) return invalidValue(has, 'deceasedDateTime');
  if (day > today) return invalidUpdate('deceasedDateTime cannot be in the future', 'deceasedDateTime');
  return after.birthDate !== undefined && day < after.birthDate
    ? invalidUpdate('deceasedDateTime cannot be before the date of birth', 'deceasedDateTime')
    : undefined;
};

const birthOrder: Rule = ({ before, after }) => {
  const order = after.multipleBirthInteger;
  if (order === before.multipleBirthInteger || order === undefined) return undefined;
  return Number.isInteger(order) && order >= 1 && order <= 9 ? undefined : invalidValue(order, 'multipleBirthInteger');
};

const countUse = (items: readonly { use?: string | undefined }[] | undefined, use: string): number =>
  (items ?? []).filter((item) => item.use === use).length;

// Apostrophe, hyphen, space, full stop, digits, and letters of Latin-1 and Latin Extended-A
const NAME_CHARACTERS = /^[A-Za-z0-9 '.\-À-ÖØ-öø-ſ]*$/;

const names: Rule = ({ before, after }) => {
  const had = countUse(before.name, 'usual');
  const usual = countUse(after.name, 'usual');
  if (usual > Math.max(had, 1)) return forbiddenUpdate('multiple usual names cannot be added', 'name');
  if (usual < had) return forbiddenUpdate('the usual name cannot be removed', 'name');
  if (countUse(after.name, 'nickname') > Math.max(countUse(before.name, 'nickname'), 1)) return tooMany('nicknames');
  for (const [index, name] of (after.name ?? []).entries()) {
    const old = before.name?.find(({ id }) => id === name.id);
    if (old !== undefined && old.use !== name.use)
      return forbiddenUpdate(
        'the use of a name cannot be replaced: remove the name and add another',
        `name[${index}].use`,
      );
    for (const text of [name.family, ...(name.given ?? []), ...(name.prefix ?? []), ...(name.suffix ?? [])])
      if (typeof text === 'string' && !NAME_CHARACTERS.test(text))
        return problem(
          UNSUPPORTED_CHARACTERS,
          `Invalid update with error - unsupported characters in '${text.slice(0, 60)}'`,
          {
            at: `name[${index}]`,
          },
        );
    const suffix = name.suffix?.find((text) => typeof text === 'string' && !/^[A-Z]/.test(text));
    if (suffix !== undefined) return invalidValue(suffix, `name/${index}/suffix`);
  }
  return undefined;
};

const changed = <T extends { id?: string | undefined }>(
  before: readonly T[] | undefined,
  after: readonly T[] | undefined,
): T[] =>
  (after ?? []).filter((item) => {
    const old = before?.find(({ id }) => id === item.id);
    return old === undefined || JSON.stringify(old) !== JSON.stringify(item);
  });

const addresses: Rule = ({ before, after }) => {
  for (const use of ['home', 'temp', 'billing'])
    if (countUse(after.address, use) > Math.max(countUse(before.address, use), 1)) return tooMany(`${use} addresses`);
  for (const address of changed(before.address, after.address)) {
    if (address.use === 'work') return notAllowed('work', 'address/use');
    const dated = address.period?.start !== undefined && address.period.end !== undefined;
    if ((address.use === 'temp' || address.use === 'billing') && !dated)
      return invalidUpdate(`a ${address.use} address needs a period with start and end`, 'address');
  }
  return undefined;
};

const isEmail = (value: string): boolean =>
  value.length > 6 && value.length < 90 && /^[^\s@]+@[^\s@]+\.[^\s@.]+$/.test(value);

const telecoms: Rule = ({ before, after }) => {
  const seen = new Set((before.telecom ?? []).map(({ id }) => id));
  const kinds = new Set<string>();
  for (const point of after.telecom ?? []) {
    const kind = `${point.system} ${point.use}`;
    if (kinds.has(kind) && !seen.has(point.id)) return tooMany(`'${kind}' contact points`);
    kinds.add(kind);
  }
  for (const point of changed(before.telecom, after.telecom)) {
    const old = before.telecom?.find(({ id }) => id === point.id);
    if (old !== undefined && (old.use !== point.use || old.system !== point.system))
      return invalidUpdate('the use and system of a telecom cannot be replaced: remove it and add another', 'telecom');
    if (!['phone', 'fax', 'email', 'other'].includes(point.system ?? ''))
      return invalidValue(point.system, 'telecom/system');
    if (point.system === 'email' && !isEmail(point.value ?? '')) return invalidValue(point.value, 'telecom/value');
  }
  return undefined;
};

const contacts: Rule = ({ before, after }) => {
  for (const contact of changed(before.contact, after.contact)) {
    const roles = (contact.relationship ?? []).flatMap(({ coding }) => coding ?? []);
    const wrong = roles.find(({ code }) => code !== 'C');
    if (wrong !== undefined || roles.length === 0) return invalidValue(wrong?.code, 'contact/relationship');
    const fax = contact.telecom?.find(({ system }) => system === 'fax');
    if (fax !== undefined) return notAllowed('fax', 'contact/telecom/system');
  }
  return undefined;
};

const practice: Rule = ({ after }) => {
  const list = after.generalPractitioner ?? [];
  if (list.length > 1) return tooMany('general practices');
  return list[0]?.identifier?.period?.end === undefined
    ? undefined
    : invalidUpdate('a general practice takes no end date', 'generalPractitioner');
};

const RULES: readonly Rule[] = [
  gender,
  birthDate,
  death,
  birthOrder,
  names,
  addresses,
  telecoms,
  contacts,
  practice,
  periodRules,
];

/** The first of PDS's rules for updates that this one breaks; undefined where it keeps them all. */
export const brokenRule = (update: Update): ProblemError | undefined => {
  for (const rule of RULES) {
    const broken = rule(update);
    if (broken !== undefined) return broken;
  }
  return undefined;
};
