import type { Composer } from './composer.ts';
import type { Node } from './reading.ts';
import { address, concept, identifier, name, person, tableCode, telecom } from './types.ts';
import { sex, timestamp, untranslate } from './written.ts';

const ALTERNATE = 'http://hl7.org/fhir/StructureDefinition/alternate-codes';
const VERIFICATION = 'https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-NHSNumberVerificationStatus';
const CORE = 'http://hl7.org/fhir/StructureDefinition';

/** The extension of an element that has this URL. */
export const extension = (node: Node, url: string): Node | undefined => {
  const found = node
    .at('extension')
    .items()
    .find((one) => one.at('url').value === url);
  found?.at('url').text();
  return found;
};

/** The code that a message sent, kept beside the one of FHIR. */
export const sentCode = (to: Composer, path: string, node: Node): boolean => {
  const coding = extension(node, ALTERNATE)?.at('valueCodeableConcept').at('coding').item(0);
  const isSent = to.put(path, coding?.at('code'));
  if (isSent) coding?.at('system').text();
  return isSent;
};

const traceStatus = (to: Composer, path: string, patient: Node): void => {
  for (const one of patient.at('identifier').items()) {
    const all = extension(one, VERIFICATION)?.at('valueCodeableConcept').at('coding').items() ?? [];
    const found = all.find((coding) => untranslate('trace-status')(String(coding.at('code').value)) !== undefined);
    to.put(path, found?.at('code'), untranslate('trace-status'));
    for (const coding of all) for (const member of ['system', 'display', 'code']) coding.at(member).text();
  }
};

/** Home numbers go to PID-13 and those of work to PID-14; in those fields each is a repetition. */
const numbers = (to: Composer, base: string, patient: Node): void => {
  const all = patient.at('telecom').items();
  const isWork = (one: Node): boolean => one.at('use').value === 'work';
  for (const [index, one] of all.filter((each) => !isWork(each)).entries())
    telecom(to, `${base}-13[${index + 1}]`, one);
  for (const [index, one] of all.filter(isWork).entries()) telecom(to, `${base}-14[${index + 1}]`, one);
};

const death = (to: Composer, base: string, patient: Node): void => {
  if (to.put(`${base}-29`, patient.at('deceasedDateTime'), timestamp))
    to.put(`${base}-30`, patient.at('deceasedDateTime'), () => 'Y');
  else to.put(`${base}-30`, patient.at('deceasedBoolean'), (text) => (text === 'true' ? 'Y' : 'N'));
};

/** PID and PD1 (v2-to-FHIR, PID[Patient], the other way). */
export const writePatient = (to: Composer, patient: Node): void => {
  const pid = to.segment('PID');
  to.say(`${pid}-1`, '1');
  for (const [index, one] of patient.at('identifier').items().entries()) identifier(to, `${pid}-3[${index + 1}]`, one);
  for (const [index, one] of patient.at('name').items().entries()) name(to, `${pid}-5[${index + 1}]`, one);
  to.put(`${pid}-6`, extension(patient, `${CORE}/patient-mothersMaidenName`)?.at('valueString'));
  const born = extension(patient.at('_birthDate'), `${CORE}/patient-birthTime`)?.at('valueDateTime');
  if (to.put(`${pid}-7`, born, timestamp)) patient.at('birthDate').text();
  else to.put(`${pid}-7`, patient.at('birthDate'), timestamp);
  if (sentCode(to, `${pid}-8`, patient.at('_gender'))) patient.at('gender').text();
  else to.put(`${pid}-8`, patient.at('gender'), sex);
  for (const [index, one] of patient.at('address').items().entries()) address(to, `${pid}-11[${index + 1}]`, one);
  numbers(to, pid, patient);
  tableCode(to, `${pid}-15`, patient.at('communication').item(0).at('language'), '0296');
  tableCode(to, `${pid}-16`, patient.at('maritalStatus'), '0002');
  const concepts = [
    [17, `${CORE}/patient-religion`],
    [22, 'https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-EthnicCategory'],
  ] as const;
  for (const [field, url] of concepts) {
    const found = extension(patient, url);
    if (found !== undefined) concept(to, `${pid}-${field}[1]`, found.at('valueCodeableConcept'));
  }
  to.put(`${pid}-25`, patient.at('multipleBirthInteger'));
  to.put(`${pid}-24`, patient.at('multipleBirthBoolean'), (text) => (text === 'true' ? 'Y' : 'N'));
  death(to, pid, patient);
  traceStatus(to, `${pid}-32`, patient);
  writePractice(to, patient);
};

/** PD1-3 is the practice, PD1-4 the doctor. */
const writePractice = (to: Composer, patient: Node): void => {
  const all = patient.at('generalPractitioner').items();
  if (all.length === 0) return;
  const pd1 = to.segment('PD1');
  for (const one of all) {
    const target = one.target();
    const isPerson = target?.at('resourceType').value === 'Practitioner';
    if (isPerson) person(to, `${pd1}-4[1]`, one);
    else {
      const number = target?.at('identifier').item(0) ?? one.at('identifier');
      to.put(`${pd1}-3[1].1`, target?.at('name') ?? one.at('display'));
      if (to.put(`${pd1}-3[1].3`, number.at('value'))) number.at('system').text();
    }
  }
};

/** NK1 (v2-to-FHIR, NK1[RelatedPerson], the other way). */
export const writeRelated = (to: Composer, related: readonly Node[]): void => {
  for (const [index, one] of related.entries()) {
    const nk1 = to.segment('NK1');
    to.say(`${nk1}-1`, String(index + 1));
    name(to, `${nk1}-2[1]`, one.at('name').item(0));
    tableCode(to, `${nk1}-3`, one.at('relationship').item(0), '0063');
    address(to, `${nk1}-4[1]`, one.at('address').item(0));
    telecom(to, `${nk1}-5[1]`, one.at('telecom').item(0));
    to.put(`${nk1}-15`, one.at('gender'), sex);
    to.put(`${nk1}-16`, one.at('birthDate'), timestamp);
  }
};
