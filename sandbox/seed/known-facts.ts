import type { PersonFacts } from './patient.ts';

type Known = PersonFacts & { readonly title: string; readonly note: string; readonly revised?: boolean };

/** How many related people there are: PDS documents several, one, and none for its three examples. */
export const KNOWN_RELATED: Readonly<Record<string, number>> = { '9000000009': 2, '9000000017': 1 };

const SINCE = '2024-01-01';
const usual = (id: string, given: readonly string[], family: string, prefix?: string): fhir4.HumanName => ({
  id,
  use: 'usual',
  family,
  given: [...given],
  ...(prefix === undefined ? {} : { prefix: [prefix] }),
  period: { start: SINCE },
});
const home = (id: string, line: readonly string[], postalCode: string): fhir4.Address => ({
  id,
  use: 'home',
  line: [...line],
  postalCode,
  period: { start: SINCE },
});
const phone = (id: string, value: string): fhir4.ContactPoint => ({
  id,
  system: 'phone',
  use: 'home',
  value,
  period: { start: SINCE },
});
const email = (id: string, value: string): fhir4.ContactPoint => ({
  id,
  system: 'email',
  use: 'home',
  value,
  period: { start: SINCE },
});
const practice = (ods: string, itemId: string) => ({ ods, itemId, since: SINCE });

/** A record that is plain but for what its number does: see the sentinels of the dialects. */
const sentinel = (nhsNumber: string, given: string, title: string, note: string): Known => ({
  id: nhsNumber,
  nhsNumber,
  title,
  note,
  names: [usual('5E27', [given], 'Sentinel')],
  gender: 'unknown',
  birthDate: '1980-02-29',
  addresses: [home('5EA1', ['7 Signal Box Lane', 'Netherwick'], 'ZZ1 7SB')],
  practice: practice('X99001', '5E99'),
});

export const KNOWN_FACTS: readonly Known[] = [
  {
    id: '9000000009',
    nhsNumber: '9000000009',
    title: 'A plain, complete record',
    note: 'Jane Smith, born 22 October 2010, at version 2',
    revised: true,
    names: [usual('123', ['Jane'], 'Smith', 'Ms')],
    gender: 'female',
    birthDate: '2010-10-22',
    addresses: [home('456', ['Larch House', '3 Gorse Bank', 'Netherwick', 'Marlshire'], 'ZZ1 4QH')],
    telecoms: [phone('789', '01632960587'), email('790', 'jane.smith@example.com')],
    contacts: [
      {
        id: 'C123',
        relationship: [
          {
            coding: [
              { system: 'http://terminology.hl7.org/CodeSystem/v2-0131', code: 'C', display: 'Emergency Contact' },
            ],
          },
        ],
        telecom: [{ system: 'phone', value: '07700900111' }],
        period: { start: SINCE },
      },
    ],
    practice: practice('X99001', '254406A3'),
    language: { code: 'fr', display: 'French' },
    birthOrder: 1,
  },
  {
    id: '9000000017',
    nhsNumber: '9000000017',
    title: 'Sounds like the plain one',
    note: 'Jayne Smyth, born on the same day: found by Sm*, and by a fuzzy search for Jane Smith',
    names: [usual('124', ['Jayne'], 'Smyth', 'Ms')],
    gender: 'female',
    birthDate: '2010-10-22',
    addresses: [home('457', ['41 Mill Race', 'Great Ambling'], 'ZZ2 8LD')],
    telecoms: [phone('791', '01632960412'), email('792', 'jayne.smyth@example.com')],
    practice: practice('X99002', '254406A4'),
  },
  {
    id: '9000000025',
    nhsNumber: '9000000025',
    title: 'A restricted record',
    note: 'Janet Smythe: marked R in meta.security; address, telephone and GP are left out',
    security: 'R',
    names: [usual('125', ['Janet'], 'Smythe', 'Mrs')],
    gender: 'female',
    birthDate: '2005-06-16',
    addresses: [home('458', ['2 Nightjar Crescent', 'Port Ellerby'], 'ZZ14 2NJ')],
    telecoms: [phone('793', '01632960587'), email('794', 'janet.smythe@example.com')],
    practice: practice('X99003', '254406A5'),
  },
  {
    id: '9000000033',
    nhsNumber: '9000000033',
    title: 'A record with next to nothing in it',
    note: 'The number and no more: no name, no birth date, no gender',
  },
  {
    id: '9000000041',
    nhsNumber: '9000000041',
    title: 'Two given names that are one, and a third',
    note: 'John Paul James Smith, born 22 October 2010',
    names: [usual('126', ['John Paul', 'James'], 'Smith', 'Mr')],
    gender: 'male',
    birthDate: '2010-10-22',
    addresses: [home('459', ['Flat 2', '88 Weir Terrace', 'Netherwick'], 'ZZ1 9WT')],
    telecoms: [phone('795', '01632960587'), email('796', 'johnp.smith@example.com')],
    practice: practice('X99001', '254406A6'),
  },
  {
    id: '9990000018',
    nhsNumber: '9990000018',
    title: 'A superseded NHS number',
    note: 'Replaced by 9990000026: a national service answers with that record, so the id differs from the one asked for',
    names: [usual('127', ['Siobhán'], "O'Malley")],
    gender: 'female',
    birthDate: '1971-03-14',
    replacedBy: '9990000026',
  },
  {
    id: '9990000026',
    nhsNumber: '9990000026',
    title: 'The record that supersedes another',
    note: "Siobhán O'Malley-Reid, once known as 9990000018",
    names: [
      usual('128', ['Siobhán', 'Máire'], "O'Malley-Reid", 'Dr'),
      { ...usual('129', ['Siobhán'], "O'Malley"), use: 'old', period: { start: '1971-03-14', end: SINCE } },
    ],
    gender: 'female',
    birthDate: '1971-03-14',
    addresses: [home('460', ['5 Tollgate Row', 'Strathmoray', 'Upper Kell'], 'ZZ31 5TR')],
    telecoms: [phone('797', '07700900222')],
    practice: practice('X99005', '254406A7'),
  },
  {
    id: '9990000034',
    nhsNumber: '9990000034',
    title: 'An invalidated record',
    note: 'Withdrawn and not replaced: a national service answers 404 INVALIDATED_RESOURCE',
    security: 'REDACTED',
    names: [usual('130', ['Withdrawn'], 'Record')],
    gender: 'unknown',
    birthDate: '1990-01-01',
  },
  {
    id: '9990000042',
    nhsNumber: '9990000042',
    title: 'Somebody who has died',
    note: 'With a date of death and a formal death notification',
    names: [usual('131', ['Reginald', 'Stanley'], 'Abernethy', 'Mr')],
    gender: 'male',
    birthDate: '1931-08-30',
    deceased: '2025-02-11',
    addresses: [home('461', ['19 Quarry Steps', 'Ballyquill'], 'ZZ32 3QS')],
    practice: practice('X99006', '254406A8'),
  },
  sentinel('9990000506', 'Away', 'Answers 503', 'With Retry-After: 1'),
  sentinel('9990000425', 'Busy', 'Answers 429', 'With Retry-After: 1'),
  sentinel('9990000409', 'Late', 'A national service answers 408', 'As Spine does when it is not answered in time'),
  sentinel('9990000417', 'Lost', 'Closes the connection', 'The outcome is unknown'),
  sentinel('9990000522', 'Slow', 'Answers after three seconds', 'For time-outs'),
  sentinel('9990000514', 'Stale', 'Has an ETag that is too old', 'Updates that trust it are refused'),
  sentinel('9990000530', 'Bare', 'Has no ETag', 'For clients that need one'),
  sentinel('9990000603', 'Mute', 'Does not echo X-Request-ID', 'For clients that check it'),
  sentinel('9990000611', 'Wrong', 'Says that it is HTML', 'For clients that check Content-Type'),
  sentinel('9990000700', 'Gone', 'Messages about it are lost', 'In queues'),
  sentinel('9990000719', 'Tardy', 'Messages about it come a minute later', 'In queues, on the sandbox clock'),
  sentinel('9990000743', 'Missed', 'Messages about it come too late', 'In queues, after what waited for them gave up'),
  sentinel('9990000735', 'Crossed', 'Messages about it are overtaken', 'In queues'),
  sentinel('9990000727', 'Double', 'Messages about it come twice', 'In queues'),
  sentinel('9990000751', 'Stray', 'Answers about it name another request', 'In queues that carry answers'),
  sentinel('9990000778', 'Balked', 'Messages about it are refused once', 'In queues, by the broker'),
  sentinel('9990000786', 'Silent', 'Heartbeats of a subscription about it do not come', 'In queues of a subscription'),
  sentinel('9990000794', 'Shy', 'Handshakes of a subscription about it do not come', 'In queues of a subscription'),
];
