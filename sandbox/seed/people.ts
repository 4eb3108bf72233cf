import { address, email, landline, mobile } from './contact-points.ts';
import { FAMILY, FEMALE, LANGUAGES, MALE, TOWNS } from './names.ts';
import { nhsNumbers } from './nhs-numbers.ts';
import { type PersonFacts, patientOf } from './patient.ts';
import { practiceOf } from './practices.ts';
import { createRandom, type Random } from './random.ts';
import { relatedPersons } from './related.ts';

/** A person's record and the people related to them. */
export interface Person {
  readonly patient: fhir4.Patient;
  readonly related: readonly fhir4.RelatedPerson[];
}

// Ages are counted from a fixed day, so that a seed gives the same people for ever.
const TODAY = Date.UTC(2026, 0, 1);
const DAY = 86_400_000;
const dateOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);
const between = (random: Random, from: number, to: number): number => from + Math.floor(random.next() * (to - from));

type Gender = 'female' | 'male' | 'other' | 'unknown';
const COMMON: readonly [Gender, ...Gender[]] = ['female', 'male'];
const RARE: readonly [Gender, ...Gender[]] = ['other', 'unknown'];

const capital = (name: string): boolean => name.charAt(0) !== name.charAt(0).toLowerCase();
const prefixes = (random: Random, gender: string, adult: boolean): string[] => {
  if (!adult || random.chance(0.3)) return [];
  if (random.chance(0.05)) return ['Dr'];
  if (gender === 'male') return ['Mr'];
  return gender === 'female' ? [random.chance(0.5) ? 'Mrs' : 'Ms'] : ['Mx'];
};

const namesOf = (random: Random, gender: string, born: number): fhir4.HumanName[] => {
  const pool = gender === 'male' || (gender !== 'female' && random.chance(0.5)) ? MALE : FEMALE;
  const adult = TODAY - born > 18 * 365 * DAY;
  const family = random.pick(FAMILY);
  const since = dateOf(adult ? between(random, born + 18 * 365 * DAY, TODAY) : born);
  const prefix = prefixes(random, gender, adult);
  const given = Array.from({ length: random.pick([1, 1, 1, 2, 2, 3]) }, () => random.pick(pool));
  const usual: fhir4.HumanName = {
    id: random.itemId(),
    use: 'usual',
    family,
    given,
    ...(prefix.length === 0 ? {} : { prefix }),
    period: { start: since },
  };
  const former = adult && random.chance(0.15) ? random.pick(FAMILY) : family;
  if (former === family) return [usual];
  return [
    usual,
    { id: random.itemId(), use: 'old', family: former, given, period: { start: dateOf(born), end: since } },
  ];
};

const telecomsOf = (random: Random, name: fhir4.HumanName | undefined, since: string): fhir4.ContactPoint[] => {
  const [given = '', family = ''] = [name?.given?.[0], name?.family];
  const point = (system: 'phone' | 'email', use: 'home' | 'mobile', value: string): fhir4.ContactPoint => ({
    id: random.itemId(),
    system,
    use,
    value,
    period: { start: since },
  });
  return [
    ...(random.chance(0.8) ? [point('phone', 'mobile', mobile(random))] : []),
    ...(random.chance(0.5) ? [point('phone', 'home', landline(random))] : []),
    ...(random.chance(0.6)
      ? [point('email', 'home', email(random, given, capital(family) ? family : `of${family}`))]
      : []),
  ];
};

const factsOf = (random: Random, nhsNumber: string): PersonFacts => {
  const gender = random.pick(random.chance(0.96) ? COMMON : RARE);
  const born = between(random, TODAY - 98 * 365 * DAY, TODAY - DAY);
  const names = namesOf(random, gender, born);
  const town = random.pick(TOWNS);
  const since = dateOf(between(random, Math.max(born, TODAY - 20 * 365 * DAY), TODAY));
  const addresses = [address(random, town, 'home', since)];
  if (random.chance(0.2)) addresses.push(address(random, random.pick(TOWNS), 'old', dateOf(born), since));
  const old = TODAY - born > 50 * 365 * DAY;
  const dies = random.chance(old ? 0.12 : 0.01);
  // One in fifty has no NHS number yet: a visitor, or somebody whose number was not found.
  const without = random.chance(0.02);
  const uuid = random.uuid();
  return {
    ...(without ? { id: uuid } : { id: nhsNumber, nhsNumber }),
    security: random.chance(0.01) ? 'R' : 'U',
    names,
    gender,
    birthDate: dateOf(born),
    ...(dies ? { deceased: dateOf(between(random, Math.max(born, TODAY - 10 * 365 * DAY), TODAY)) } : {}),
    addresses,
    telecoms: telecomsOf(random, names[0], since),
    ...(random.chance(0.93) ? { practice: { ods: practiceOf(town).ods, itemId: random.itemId(), since } } : {}),
    ...(random.chance(0.08) ? { language: random.pick(LANGUAGES) } : {}),
    ...(random.chance(0.03) ? { birthOrder: random.whole(1, 3) } : {}),
  };
};

/** The first `count` people of this seed; person n is the same however many are asked for. */
export function* people(seed: number, count: number): Generator<Person> {
  const numbers = nhsNumbers(seed);
  for (let index = 0; index < count; index += 1) {
    const random = createRandom(seed, index);
    const nhsNumber = numbers.next().value;
    if (nhsNumber === undefined) throw new Error(`The test range 999 has no more NHS numbers after ${index} people`);
    const facts = factsOf(random, nhsNumber);
    const related = random.chance(0.3) ? relatedPersons(random, facts, random.whole(1, 2)) : [];
    yield { patient: patientOf(facts), related };
  }
}
