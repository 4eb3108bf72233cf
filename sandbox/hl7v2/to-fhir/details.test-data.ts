import { parseMessage } from '../message.ts';
import { ADT_A01, ADT_A40, OML_O21, ORM_O01, ORU_R01, segment } from './messages.test-data.ts';

/** Synthetic messages with what few senders send: who took part, with what software, when, and at whose cost. */
interface Changes {
  readonly set?: Readonly<Record<string, string>>;
  /** Behind the first segment of a name. */
  readonly behind?: Readonly<Record<string, readonly string[]>>;
  readonly without?: string;
}
const changed = (text: string, { set = {}, behind = {}, without = 'none' }: Changes): string => {
  const message = parseMessage(text);
  for (const [path, value] of Object.entries(set)) message.setEncoded(path, value);
  const seen = new Set<string>();
  const lines = message.lines().flatMap((line) => {
    const name = line.slice(0, 3);
    const more = seen.has(name) ? [] : (behind[name] ?? []);
    seen.add(name);
    return name === without ? more : [line, ...more];
  });
  return `${lines.join('\r')}\r`;
};

const trust = 'Invented Trust^^^^^^^^^RXX01';
const SFT = segment('SFT', {
  1: 'Invented Software^L',
  2: '7.2',
  3: 'PASTOR',
  4: 'PB1',
  5: 'Patient administration',
  6: '20250101',
});
const rol = (code: string, person: string, more: Readonly<Record<number, string>> = {}): string =>
  segment('ROL', { 1: 'R1', 2: 'AD', 3: `${code}^^HL70443`, 4: person, ...more });
const prt = (code: string, more: Readonly<Record<number, string>>): string =>
  segment('PRT', { 1: 'P1', 2: 'AD', 4: `${code}^^HL70912`, ...more });

export const ADT_ROLES = changed(ADT_A01, {
  set: { 'PID-18': 'A77^^^RXX01', 'PID-33': '20260228120000', 'PID-34': 'RXX01' },
  behind: {
    MSH: [SFT, segment('SFT', { 1: 'Invented Engines', 2: '3', 3: 'ROUTER' })],
    PD1: [
      rol('PP', 'G1234567^DOCTOR^GRACE^^^DR^^^GMP', {
        5: '20200101',
        11: '3 INVENTED LANE^^NOWHERE^^ZZ99 3VZ^GBR^B',
        12: '01632 960010',
        13: 'SURGERY1',
        14: 'Invented Surgery^^^^^^^^^Y12345',
      }),
      rol('MDIR', 'C1^HEAD^OF', { 6: '20270101', 9: 'MD', 11: '5 INVENTED LANE', 12: '01632 960011', 14: trust }),
      rol('RT', '', { 14: 'Invented Clinic^^^^^^^^^RYY02' }),
      rol('AT', 'C9^GONE^AWAY', { 2: 'DE' }),
      prt('PP', {
        5: 'G7654321^OTHER^JO',
        6: '394^^L',
        7: 'ORG',
        8: 'Invented Practice^^^^^^^^^Y54321',
        9: 'ROOM9',
        11: '20240101',
        12: '20250101',
        14: '6 INVENTED LANE',
        15: '01632 960013',
        24: 'PN1^GMP',
      }),
      prt('AT', { 5: 'C8^MEMBER^ANN', 6: 'MD', 8: trust, 11: '20240101', 14: '7 INVENTED LANE', 15: '01632 960014' }),
    ],
    PV2: [
      rol('AT', 'C1234567^CONSULTANT^ALAN^^^DR^^^GMC', {
        5: '20260301100000',
        6: '20260302100000',
        11: '8 INVENTED LANE^^NOWHERE^^^^H',
        12: '01632 960012',
        13: 'WARD1',
        14: trust,
      }),
      prt('CP', { 5: 'C7^VISITING^IVY', 9: 'WARD2', 11: '20260301110000' }),
    ],
    DG1: [
      segment('PR1', { 1: '1', 3: 'K40^Repair^OPCS4', 5: '20260301090000', 11: 'C1^SURGEON^ALAN' }),
      rol('AP', 'C6^OPERATOR^OLA', { 5: '20260301090000' }),
      segment('IN1', {
        1: '1',
        2: 'P1',
        4: 'INSURER^^C1',
        5: '1 CITY ROAD',
        7: '01632 960015',
        10: 'E1^^^EMP',
        11: 'Employer Ltd',
        15: 'EHCPOL',
        16: 'PAYER^PAT',
        17: 'PAR^Parent^HL70063',
        18: '19700101',
        19: '2 CITY ROAD',
        43: 'F',
        49: 'N1',
      }),
      rol('FHCP', 'C5^UNHEARD^UNA'),
      segment('IN1', { 1: '2', 2: 'P2', 4: 'INSURER^^C1', 16: 'TESTPATIENT^ADA', 17: 'SEL^Self^HL70063' }),
    ],
  },
});

export const ADT_A40_ACCOUNT = changed(ADT_A40, { set: { 'MRG-3': 'A66^^^RXX01' } });

const WHO = {
  'ORC-9': '20260301091000',
  'ORC-10': 'E1^ENTERER^EVE',
  'ORC-11': 'V1^VERIFIER^VIC',
  'ORC-12': 'C1234567^CONSULTANT^ALAN',
  'ORC-14': '01632 960016',
  'ORC-16': 'R1^Reason^L',
  'ORC-17': 'ENT^Entering^L',
  'ORC-18': 'DEV1^Terminal^L',
  'ORC-19': 'A1^ACTOR^AL',
  'ORC-21': 'Invented Surgery^^^^^^^^^Y12345',
  'ORC-22': '1 ORDER ROAD^^NOWHERE',
  'ORC-23': '01632 960009^WPN^PH',
  'ORC-24': '2 ORDER ROAD^^NOWHERE',
  'ORC-28': 'R^Restricted^HL70177',
};
const SPECIMEN = {
  'OBR-7': '20260301085500',
  'OBR-9': '10^mL',
  'OBR-10': 'N1^NURSE^NED',
  'OBR-14': '20260301095900',
  'OBR-15': 'BLD&Blood&HL70070^HEPL^Fasting^LA&Left arm&HL70163^^F',
  'OBR-39': 'Difficult',
};
const PRT_ORDER = [
  prt('OP', { 5: 'C4^ASKER^ALF', 8: trust }),
  prt('SC', { 5: 'N1^PHLEBOTOMIST^PHIL' }),
  prt('TN', { 5: 'B1^BIOMEDIC^BEA' }),
  prt('PRI', { 5: 'C3^READER^RHEA' }),
];
const PRT_RESULT = [
  prt('EQUIP', {
    9: 'LAB3',
    10: 'D1^ANALYSER',
    16: 'UDI1',
    17: '20200101',
    18: '20300101',
    19: 'LOT7',
    20: 'SER7',
    21: 'DON7',
    22: 'A1^Analyser^L',
  }),
  prt('RO', { 5: 'C2^OBSERVER^OZ', 14: '9 INVENTED LANE' }),
];

/** Every six hours, half an hour before breakfast; of TQ1-4, which goes with no event, nothing is kept. */
const TQ1 = segment('TQ1', {
  2: '2^mL',
  3: 'Q6H^^^^6^H^^ACM^30^min',
  4: '0800~1200',
  6: '2^d',
  7: '20260302080000',
  9: 'S',
  10: 'if awake',
  11: 'slowly',
  13: '30^min',
  14: '5',
});

export const OML_DETAILS = changed(OML_O21, {
  set: { ...WHO, ...SPECIMEN },
  without: 'SPM',
  behind: {
    MSH: [SFT],
    PID: [
      prt('PP', { 5: 'G1^DOCTOR^GRACE' }),
      prt('KIN', { 5: 'K1^RELATIVE^KIM^A^^MS', 14: '1 KIN ROAD', 15: '01632 960017', 24: 'K2' }),
    ],
    OBR: [...PRT_ORDER, segment('OBX', { 2: 'ST', 3: 'A^Asked^L', 5: 'yes', 11: 'F' }), ...PRT_RESULT],
  },
}).replace(/\rTQ1\|[^\r]*/, `\r${TQ1}`);

export const ORM_TIMED = changed(ORM_O01, {
  set: {
    'ORC-12': '',
    'ORC-21': WHO['ORC-21'],
    'ORC-22': WHO['ORC-22'],
    'ORC-23': WHO['ORC-23'],
    'OBR-16': '',
    'OBR-27': '1&mL^Q8H&0800^D5^20260302^20260307^S^^Gently^^^^3',
  },
});

export const ORU_DETAILS = changed(ORU_R01, {
  set: { ...WHO, ...SPECIMEN, 'ORC-7': '^^H2', 'OBR-2': '', 'OBR-8': '20260301090000', 'OBX[4]-29': 'QST' },
  without: 'SPM',
  behind: { OBR: PRT_ORDER, OBX: PRT_RESULT },
});

export const DETAILED = { ADT_ROLES, ADT_A40_ACCOUNT, OML_DETAILS, ORM_TIMED, ORU_DETAILS } as const;
