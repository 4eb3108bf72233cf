/** Synthetic messages of the types that England uses. Fields go by number, for nobody counts bars. */
export const segment = (name: string, fields: Readonly<Record<number, string>>): string => {
  const last = Math.max(0, ...Object.keys(fields).map(Number));
  const first = name === 'MSH' ? 3 : 1;
  const values = Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => fields[first + index] ?? '');
  return [name === 'MSH' ? 'MSH|^~\\&' : name, ...values].join('|');
};
const message = (...lines: readonly string[]): string => `${lines.join('\r')}\r`;

const msh = (type: string, controlId: string): string =>
  segment('MSH', {
    3: 'PAS',
    4: 'RXX01',
    5: 'TIE',
    6: 'RYY02',
    7: '20260301101500+0000',
    9: type,
    10: controlId,
    11: 'P',
    12: '2.4',
    17: 'GBR',
    18: 'UNICODE UTF-8',
  });
const evn = (event: string): string => segment('EVN', { 1: event, 2: '20260301101400+0000', 6: '20260301100000+0000' });

const PID = segment('PID', {
  1: '1',
  3: '9990000018^^^NHS^NH~H1234567^^^RXX01^MR',
  5: 'TESTPATIENT^ADA^MAY^^MRS^^L',
  7: '19500131',
  8: '2',
  11: '1 INVENTED STREET^FLAT 2^NOWHERE^^ZZ99 3VZ^GBR^H',
  13: '01632 960001^PRN^PH',
  14: '01632 960002^WPN^PH',
  15: 'en',
  16: 'M',
  32: 'NSTS01',
});
const admission = (discharged?: string): string =>
  segment('PV1', {
    1: '1',
    2: 'I',
    3: 'WARD1^ROOM2^BED3^RXX01',
    4: '11',
    6: 'WARD0',
    7: 'C1234567^CONSULTANT^ALAN^^^DR^^^GMC',
    8: 'C7654321^REFERRER^JOAN^^^DR',
    10: '300',
    14: '19',
    19: 'V100^^^RXX01',
    44: '20260301100000+0000',
    ...(discharged === undefined ? {} : { 45: discharged }),
  });
const admitted = (event: string, structure: string, controlId: string, discharged?: string): string =>
  message(
    msh(`ADT^${event}^${structure}`, controlId),
    evn(event),
    PID,
    segment('PD1', { 3: 'TEST SURGERY^^Y12345', 4: 'G1234567^DOCTOR^GRACE^^^DR^^^GMP' }),
    segment('NK1', {
      1: '1',
      2: 'TESTPATIENT^CHARLES',
      3: 'FTH',
      4: '1 INVENTED STREET^^NOWHERE^^ZZ99 3VZ',
      5: '01632 960003',
    }),
    segment('NK1', { 1: '2', 2: 'EMERGENCY^CONTACT', 3: 'C' }),
    admission(discharged),
    segment('PV2', { 3: '267036007^Dyspnoea^SCT' }),
    segment('AL1', { 1: '1', 2: 'DA', 3: '372687004^Amoxicillin^SCT', 4: 'SV', 5: 'Rash', 6: '20200101' }),
    segment('DG1', { 1: '1', 3: 'J18.9^Pneumonia^I10', 5: '20260301', 6: 'A' }),
  );

export const ADT_A01 = admitted('A01', 'ADT_A01', 'A1');
export const ADT_A03 = admitted('A03', 'ADT_A03', 'A3', '20260303120000+0000');
export const ADT_A11 = admitted('A11', 'ADT_A09', 'A11');
export const ADT_A31 = message(
  msh('ADT^A31^ADT_A05', 'A31'),
  evn('A31'),
  segment('PID', {
    3: '9990000018^^^NHS',
    5: 'TESTPATIENT^ADA',
    7: '195001',
    8: '9',
    11: '""',
    13: '""',
    29: '20260228',
    30: 'Y',
  }),
  segment('PV1', { 1: '1', 2: 'N' }),
);
export const ADT_A40 = message(
  msh('ADT^A40^ADT_A39', 'A40'),
  evn('A40'),
  segment('PID', { 3: '9990000018^^^NHS', 5: 'TESTPATIENT^ADA', 7: '19500131', 8: '2' }),
  segment('MRG', { 1: 'H7654321^^^RXX01^MR' }),
);
const ORC = segment('ORC', { 1: 'RE', 2: 'P1^PLACER', 3: 'F1^FILLER' });
export const ORU_R01 = message(
  msh('ORU^R01^ORU_R01', 'R1'),
  PID,
  segment('PV1', { 1: '1', 2: 'O' }),
  ORC,
  segment('OBR', {
    1: '1',
    2: 'P1^PLACER',
    3: 'F1^FILLER',
    4: '1022441000000101^Full blood count^SCT',
    7: '20260301090000',
    16: 'C1234567^CONSULTANT^ALAN',
    22: '20260301100000+0000',
    24: 'HM',
    25: 'F',
    32: 'L1&LAB&ROSALIND',
  }),
  segment('NTE', { 1: '1', 3: 'Sample was haemolysed' }),
  segment('OBX', {
    1: '1',
    2: 'NM',
    3: '718-7^Haemoglobin^LN',
    5: '132',
    6: 'g/L^gram per litre^UCUM',
    7: '115-165',
    8: 'N',
    11: 'F',
    14: '20260301090000+0000',
  }),
  segment('NTE', { 1: '1', 3: 'Checked twice' }),
  segment('OBX', { 1: '2', 2: 'SN', 3: '6690-2^White cells^LN', 5: '<^4', 6: '10*9/L', 8: 'L', 11: 'F' }),
  segment('OBX', { 1: '3', 2: 'TX', 3: 'COMMENT^Comment', 5: 'Line one~Line two', 11: 'P' }),
  segment('OBX', { 1: '4', 2: 'CWE', 3: '883-9^ABO group^LN', 5: '112144000^Blood group A^SCT', 11: 'F' }),
  segment('SPM', { 1: '1', 2: 'S1&LAB^S2&LAB', 4: '119297000^Blood specimen^SCT', 17: '20260301085500' }),
);
export const ORM_O01 = message(
  msh('ORM^O01^ORM_O01', 'O1'),
  PID,
  segment('ORC', { 1: 'NW', 2: 'P7^PLACER', 9: '20260301091000+0000', 12: 'C1234567^CONSULTANT^ALAN' }),
  segment('OBR', { 1: '1', 2: 'P7^PLACER', 4: '399208008^Chest X-ray^SCT', 27: '^^^^^S', 31: 'R05^Cough^I10' }),
  segment('DG1', { 1: '1', 3: 'R05^Cough^I10' }),
);
export const OML_O21 = message(
  msh('OML^O21^OML_O21', 'L1'),
  PID,
  segment('ORC', { 1: 'NW', 2: 'P8^PLACER', 4: 'G1^GROUP' }),
  segment('TQ1', { 1: '1', 7: '20260302080000', 9: 'S' }),
  segment('OBR', { 1: '1', 2: 'P8^PLACER', 4: '26604007^Full blood count^SCT' }),
  segment('SPM', { 1: '1', 2: 'S8&PLACER', 4: '119297000^Blood specimen^SCT' }),
  segment('ORC', { 1: 'CA', 2: 'P9^PLACER' }),
  segment('OBR', { 1: '2', 2: 'P9^PLACER', 4: '43396009^HbA1c^SCT' }),
);
export const REF_I12 = message(
  msh('REF^I12^REF_I12', 'I12'),
  segment('RF1', {
    1: 'P',
    2: 'A',
    3: 'CAR^Cardiology',
    6: 'UBRN1^ERS',
    7: '20260301100000+0000',
    10: 'R07.4^Chest pain^I10',
  }),
  segment('PRD', {
    1: 'RP',
    2: 'DOCTOR^GRACE^^^DR',
    3: '2 INVENTED ROAD^^NOWHERE^^ZZ99 3WZ',
    5: '01632 960004',
    7: 'G1234567^GMP',
  }),
  segment('PRD', { 1: 'RT', 2: 'CONSULTANT^ALAN^^^DR', 7: 'C1234567^GMC' }),
  PID,
  segment('DG1', { 1: '1', 3: 'R07.4^Chest pain^I10' }),
  segment('OBX', { 1: '1', 2: 'NM', 3: '8480-6^Systolic^LN', 5: '150', 6: 'mm[Hg]^^UCUM', 11: 'F' }),
  segment('NTE', { 1: '1', 3: 'Please see soon' }),
);
export const SIU_S12 = message(
  msh('SIU^S12^SIU_S12', 'S12'),
  segment('SCH', { 1: 'P5^PAS', 2: 'F5^PAS', 7: 'ROUTINE^Routine^HL70276', 8: 'FU^Follow up^HL70277', 25: 'Booked' }),
  PID,
  segment('RGS', { 1: '1' }),
  segment('AIS', { 1: '1', 3: 'CARD^Cardiology clinic', 4: '20260401093000+0100', 7: '20', 8: 'MIN' }),
  segment('AIL', { 1: '1', 3: 'CLINIC1^^^RXX01' }),
  segment('AIP', { 1: '1', 3: 'C1234567^CONSULTANT^ALAN^^^DR' }),
  segment('NTE', { 1: '1', 3: 'Bring your medicines' }),
);
export const MDM_T02 = message(
  msh('MDM^T02^MDM_T02', 'T2'),
  evn('T02'),
  PID,
  segment('PV1', { 1: '1', 2: 'I', 3: 'WARD1' }),
  segment('TXA', {
    1: '1',
    2: 'DS^Discharge summary',
    3: 'TX',
    6: '20260301095000+0000',
    9: 'C1234567^CONSULTANT^ALAN',
    12: 'D1^DOCS',
    17: 'AU',
    19: 'AV',
  }),
  segment('OBX', { 1: '1', 2: 'ED', 3: '18842-5^Discharge summary^LN', 5: '^TEXT^PLAIN^Base64^SGVsbG8=', 11: 'F' }),
);
export const VXU_V04 = message(
  msh('VXU^V04^VXU_V04', 'V4'),
  PID,
  segment('ORC', { 1: 'RE', 2: 'P6^GP', 3: 'F6^GP' }),
  segment('RXA', {
    1: '0',
    2: '1',
    3: '20260301100000+0000',
    5: '39115011000001105^Influenza vaccine^SCT',
    6: '0.5',
    7: 'ml^^UCUM',
    15: 'LOT123',
    16: '20270131',
    17: 'MAN^Maker',
    20: 'CP',
    21: 'A',
  }),
  segment('RXR', { 1: '78421000^Intramuscular^SCT', 2: '368208006^Left upper arm^SCT' }),
  segment('OBX', { 1: '1', 2: 'CE', 3: '64994-7^Funding^LN', 5: 'V02', 11: 'F' }),
);
/** A type that HL7 maps nowhere. */
export const PPR_PC1 = message(
  msh('PPR^PC1', 'PC1'),
  PID,
  segment('PRB', { 1: 'AD', 2: '20260301', 3: 'R07.4^Chest pain^I10' }),
);

export const ALL = {
  ADT_A01,
  ADT_A03,
  ADT_A11,
  ADT_A31,
  ADT_A40,
  ORU_R01,
  ORM_O01,
  OML_O21,
  REF_I12,
  SIU_S12,
  MDM_T02,
  VXU_V04,
  PPR_PC1,
} as const;
