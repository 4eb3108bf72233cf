import type { Composer } from './composer.ts';
import type { Node } from './reading.ts';
import { concept, entityIdentifier, person, tableCode } from './types.ts';
import { systemName, timestamp, untranslate } from './written.ts';

const hasType = (node: Node, code: string): boolean =>
  node
    .at('type')
    .at('coding')
    .items()
    .some((coding) => coding.at('code').value === code);

/** OBR-2 is the placer's number and OBR-3 the filler's; a number of neither is the filler's. */
const numbers = (to: Composer, base: string, report: Node): void => {
  const all = report.at('identifier').items();
  const placer = all.find((one) => hasType(one, 'PLAC'));
  const filler = all.find((one) => hasType(one, 'FILL')) ?? all.find((one) => one.element !== placer?.element);
  for (const [field, one] of [
    [2, placer],
    [3, filler],
  ] as const) {
    if (one === undefined) continue;
    entityIdentifier(to, `${base}-${field}[1]`, one);
    const coding = one.at('type').at('coding').item(0);
    coding.at('code').text();
    coding.at('system').text();
  }
};

const quantity = (to: Composer, obx: string, path: string, node: Node, isStructured: boolean): void => {
  to.say(`${obx}-2`, isStructured ? 'SN' : 'NM');
  if (isStructured) {
    to.put(`${path}.1`, node.at('comparator'));
    to.put(`${path}.2`, node.at('value'));
  } else to.put(path, node.at('value'));
  if (to.put(`${obx}-6[1].1`, node.at('code'))) {
    to.put(`${obx}-6[1].2`, node.at('unit'));
    to.put(`${obx}-6[1].3`, node.at('system'), systemName);
  } else to.put(`${obx}-6[1].1`, node.at('unit'));
};

/** OBX-2 and one repetition of OBX-5 of whichever `value[x]` there is. */
const value = (to: Composer, obx: string, node: Node, repetition: number, isStructured: boolean): void => {
  const path = `${obx}-5[${repetition}]`;
  if (node.at('valueQuantity').value !== undefined) quantity(to, obx, path, node.at('valueQuantity'), isStructured);
  else if (node.at('valueCodeableConcept').value !== undefined) {
    to.say(`${obx}-2`, 'CWE');
    concept(to, path, node.at('valueCodeableConcept'));
  } else if (to.put(path, node.at('valueDateTime'), timestamp)) to.say(`${obx}-2`, 'DTM');
  else if (to.put(path, node.at('valueString'))) to.say(`${obx}-2`, 'TX');
  else if (to.put(path, node.at('valueInteger'))) to.say(`${obx}-2`, 'NM');
  else if (to.put(path, node.at('valueBoolean'), (text) => (text === 'true' ? 'Y' : 'N'))) to.say(`${obx}-2`, 'ID');
};

/** Several values under the code of the Observation itself are repetitions; other components have no place in an OBX. */
const values = (to: Composer, obx: string, observation: Node): void => {
  const same = JSON.stringify(observation.at('code').value);
  const several = observation
    .at('component')
    .items()
    .filter((one) => JSON.stringify(one.at('code').value) === same);
  const isStructured = [observation, ...several].some(
    (one) => one.at('valueQuantity').at('comparator').value !== undefined,
  );
  if (several.length === 0) value(to, obx, observation, 1, isStructured);
  for (const [index, one] of several.entries()) {
    value(to, obx, one, index + 1, isStructured);
    // OBX-3 has said it.
    one.at('code').at('text').text();
    for (const coding of one.at('code').at('coding').items())
      for (const member of ['system', 'code', 'display']) coding.at(member).text();
  }
};

const notes = (to: Composer, node: Node): void => {
  for (const [index, note] of node.at('note').items().entries()) {
    const nte = to.segment('NTE');
    to.say(`${nte}-1`, String(index + 1));
    to.put(`${nte}-3`, note.at('text'));
  }
};

const writeObservation = (to: Composer, observation: Node, number: number): void => {
  const obx = to.segment('OBX');
  to.say(`${obx}-1`, String(number));
  concept(to, `${obx}-3[1]`, observation.at('code'));
  values(to, obx, observation);
  to.put(`${obx}-7`, observation.at('referenceRange').item(0).at('text'));
  tableCode(to, `${obx}-8`, observation.at('interpretation').item(0), '0078');
  to.put(`${obx}-11`, observation.at('status'), untranslate('observation-status'));
  to.put(`${obx}-14`, observation.at('effectiveDateTime'), timestamp);
  notes(to, observation);
};

/** The person, also of one who asks as a member of an organisation. */
const asks = (requester: Node): Node => {
  const role = requester.target();
  const isRole = role !== undefined && role.at('practitioner').value !== undefined;
  return isRole ? role.at('practitioner') : requester;
};

/** OBR and the OBX under it (v2-to-FHIR, OBR[DiagnosticReport] and OBX[Observation], the other way). */
export const writeReport = (to: Composer, report: Node, index: number): void => {
  const obr = to.segment('OBR');
  to.say(`${obr}-1`, String(index + 1));
  numbers(to, obr, report);
  concept(to, `${obr}-4[1]`, report.at('code'));
  if (!to.put(`${obr}-7`, report.at('effectiveDateTime'), timestamp)) {
    to.put(`${obr}-7`, report.at('effectivePeriod').at('start'), timestamp);
    to.put(`${obr}-8`, report.at('effectivePeriod').at('end'), timestamp);
  }
  to.put(`${obr}-22`, report.at('issued'), timestamp);
  tableCode(to, `${obr}-24`, report.at('category').item(0), '0074');
  to.put(`${obr}-25`, report.at('status'), untranslate('result-status'));
  const order = report.at('basedOn').item(0).target();
  if (order !== undefined) {
    person(to, `${obr}-16[1]`, asks(order.at('requester')));
    notes(to, order);
  }
  for (const [number, one] of report.at('result').items().entries()) {
    const observation = one.target();
    if (observation !== undefined) writeObservation(to, observation, number + 1);
  }
};
