import type { Composer } from './composer.ts';
import { sentCode } from './patient.ts';
import type { Node } from './reading.ts';
import { identifier, person, tableCode } from './types.ts';
import { timestamp, untranslate } from './written.ts';

/** Components of a PL by what the identifier of a Location says it is. */
const PLACES: Readonly<Record<string, number>> = { 'point of care': 1, room: 2, bed: 3, building: 7, floor: 8 };

/** PL, of the place that an element refers to, or its display. */
const place = (to: Composer, path: string, node: Node): void => {
  const location = node.target();
  if (location === undefined) {
    to.put(`${path}.9`, node.at('display'));
    return;
  }
  let hasPart = false;
  for (const one of location.at('identifier').items()) {
    const component = PLACES[one.at('type').at('text').text()];
    if (component === undefined) continue;
    to.put(`${path}.${component}`, one.at('value'));
    hasPart = true;
  }
  to.put(`${path}.${hasPart ? 9 : 1}`, location.at('name'), (text) =>
    hasPart && text === to.message.text(`${path}.1`) ? undefined : text,
  );
  if (hasPart && location.at('name').value === to.message.text(`${path}.1`)) location.at('name').text();
  to.put(`${path}.5`, location.at('operationalStatus').at('code'));
  location.at('operationalStatus').at('system').text();
  tableCode(to, `${path}.6`, location.at('type').item(0), '0305');
  const owner = location.at('managingOrganization').target()?.at('identifier').item(0);
  if (to.put(`${path}.4`, owner?.at('value'))) owner?.at('system').text();
};

/** Fields of PV1 by the type of a participant (v3 ParticipationType). */
const ROLES: Readonly<Record<string, number>> = { ATND: 7, REF: 8, CON: 9, ADM: 17, PART: 52 };
/** And by the status of a place. */
const STAYS: Readonly<Record<string, number>> = { active: 3, planned: 3, completed: 6, reserved: 42 };

const participants = (to: Composer, base: string, encounter: Node): void => {
  const counts = new Map<number, number>();
  for (const one of encounter.at('participant').items()) {
    const coding = one.at('type').item(0).at('coding').item(0);
    const field = ROLES[coding.at('code').text()] ?? ROLES.PART ?? 52;
    coding.at('system').text();
    coding.at('display').text();
    const repetition = (counts.get(field) ?? 0) + 1;
    counts.set(field, repetition);
    person(to, `${base}-${field}[${repetition}]`, one.at('individual'));
  }
};

/** PV1 (v2-to-FHIR, PV1[Encounter], the other way). Without an Encounter it says that there is no visit (class N). */
export const writeVisit = (to: Composer, encounter: Node | undefined): void => {
  const pv1 = to.segment('PV1');
  to.say(`${pv1}-1`, '1');
  if (encounter === undefined) {
    to.say(`${pv1}-2`, 'N');
    return;
  }
  const kind = encounter.at('class');
  const isSent = sentCode(to, `${pv1}-2`, kind);
  if (isSent) kind.at('code').text();
  else if (!to.put(`${pv1}-2`, kind.at('code'), untranslate('patient-class'))) to.say(`${pv1}-2`, 'U');
  kind.at('system').text();
  kind.at('display').text();
  encounter.at('status').text();
  const taken = new Set<number>();
  for (const one of encounter.at('location').items()) {
    const field = STAYS[String(one.at('status').value ?? 'active')] ?? 3;
    if (taken.has(field)) continue;
    taken.add(field);
    one.at('status').text();
    place(to, `${pv1}-${field}[1]`, one.at('location'));
  }
  tableCode(to, `${pv1}-4`, encounter.at('type').item(0), '0007');
  participants(to, pv1, encounter);
  tableCode(to, `${pv1}-10`, encounter.at('serviceType'), '0069');
  const stay = encounter.at('hospitalization');
  tableCode(to, `${pv1}-14`, stay.at('admitSource'), '0023');
  const [visit, ...others] = encounter.at('identifier').items();
  if (visit !== undefined) identifier(to, `${pv1}-19[1]`, visit);
  for (const [index, one] of others.entries()) identifier(to, `${pv1}-50[${index + 1}]`, one);
  tableCode(to, `${pv1}-36`, stay.at('dischargeDisposition'), '0112');
  to.put(`${pv1}-44`, encounter.at('period').at('start'), timestamp);
  to.put(`${pv1}-45`, encounter.at('period').at('end'), timestamp);
};
