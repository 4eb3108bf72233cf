import { PRACTICES, type Practice } from './practices.ts';
import { createRandom } from './random.ts';
import { ODS_CODE } from './systems.ts';

/** One practitioner's appointment book: who, for which practice, and when. */
export interface Diary {
  readonly practitioner: fhir4.Practitioner;
  /** Where the practice is: a schedule's actor can be a place, not an organisation. */
  readonly location: fhir4.Location;
  readonly schedule: fhir4.Schedule;
  readonly slots: readonly fhir4.Slot[];
}

const DAY = 86_400_000;
const MINUTE = 60_000;
const SLOT_MINUTES = 15;
const OPENS_AT = 9 * 60;
const PER_DAY = 12;
const WORKING_DAYS = 5;

const KEEPERS: readonly [id: string, given: string, family: string, prefix: string][] = [
  ['marlow', 'Ifeoma', 'Marlow', 'Dr'],
  ['haddad', 'Rami', 'Haddad', 'Dr'],
  ['prys', 'Gwenllian', 'Prys', 'Nurse'],
];

/** Midnight (UTC) of the next working days, from the one after `now`. */
export const workingDays = (now: number, count: number): number[] => {
  const days: number[] = [];
  for (let day = Math.floor(now / DAY) * DAY + DAY; days.length < count; day += DAY) {
    const weekday = new Date(day).getUTCDay();
    if (weekday !== 0 && weekday !== 6) days.push(day);
  }
  return days;
};

const slotsOf = (keeper: string, index: number, seed: number, now: number): fhir4.Slot[] => {
  const random = createRandom(seed, 1_000_000_000 + index);
  return workingDays(now, WORKING_DAYS).flatMap((day, dayIndex) =>
    Array.from({ length: PER_DAY }, (_, place): fhir4.Slot => {
      const minutes = OPENS_AT + place * SLOT_MINUTES;
      const start = day + minutes * MINUTE;
      const clock = `${String(Math.floor(minutes / 60)).padStart(2, '0')}${String(minutes % 60).padStart(2, '0')}`;
      // The first four of each day are always free, so that an example can name one.
      const busy = place >= 4 && random.chance(0.35);
      return {
        resourceType: 'Slot',
        id: `${keeper}-day${dayIndex + 1}-${clock}`,
        schedule: { reference: `Schedule/${keeper}` },
        status: busy ? 'busy' : 'free',
        start: new Date(start).toISOString(),
        end: new Date(start + SLOT_MINUTES * MINUTE).toISOString(),
      };
    }),
  );
};

const practitionerOf = (id: string, given: string, family: string, prefix: string): fhir4.Practitioner => ({
  resourceType: 'Practitioner',
  id,
  active: true,
  name: [{ use: 'official', family, given: [given], prefix: [prefix] }],
});

const locationId = (practice: Practice): string => `${practice.ods}-site`;

const locationOf = (practice: Practice): fhir4.Location => ({
  resourceType: 'Location',
  id: locationId(practice),
  status: 'active',
  name: practice.name,
  managingOrganization: {
    reference: `Organization/${practice.ods}`,
    identifier: { system: ODS_CODE, value: practice.ods },
  },
});

const scheduleOf = (id: string, name: string, practice: Practice, now: number): fhir4.Schedule => {
  const days = workingDays(now, WORKING_DAYS);
  return {
    resourceType: 'Schedule',
    id,
    active: true,
    actor: [
      { reference: `Practitioner/${id}`, display: name },
      { reference: `Location/${locationId(practice)}`, display: practice.name },
    ],
    planningHorizon: {
      start: new Date(days[0] ?? now).toISOString(),
      end: new Date((days.at(-1) ?? now) + DAY).toISOString(),
    },
    comment: 'Routine appointments of fifteen minutes',
  };
};

/** The appointment books at `now` (ms, sandbox clock): five working days from tomorrow, mornings, some slots taken. */
export const diaries = (seed: number, now: number): Diary[] =>
  KEEPERS.flatMap(([id, given, family, prefix], index) => {
    const practice = PRACTICES[index];
    if (practice === undefined) return [];
    return [
      {
        practitioner: practitionerOf(id, given, family, prefix),
        location: locationOf(practice),
        schedule: scheduleOf(id, `${prefix} ${given} ${family}`, practice, now),
        slots: slotsOf(id, index, seed, now),
      },
    ];
  });

/** Slots that are free in every sandbox when it is seeded. */
export const EXAMPLE_SLOTS = ['marlow-day1-0900', 'haddad-day1-0915', 'prys-day2-0930'] as const;
