import type { Composer } from './composer.ts';
import type { Node } from './reading.ts';
import { systemName, timestamp, untranslate } from './written.ts';

const NHS_NUMBER = 'https://fhir.nhs.uk/Id/nhs-number';

/** CX: value, authority and type. */
export const identifier = (to: Composer, path: string, node: Node): void => {
  to.put(`${path}.1`, node.at('value'));
  const isNhs = node.at('system').value === NHS_NUMBER;
  const assigner = node.at('assigner');
  const system = node.at('system');
  if (isNhs) to.put(`${path}.4`, system, () => 'NHS');
  else if (to.put(`${path}.4`, assigner.at('identifier').at('value'))) assigner.at('identifier').at('system').text();
  else if (!to.put(`${path}.4`, assigner.at('display'))) to.put(`${path}.4`, system, untranslate('authorities'));
  const isNamed = isNhs || untranslate('authorities')(String(system.value)) !== undefined;
  if (!isNamed && to.put(`${path}.4.2`, system, systemName))
    to.say(`${path}.4.3`, /^urn:oid:/.test(String(system.value)) ? 'ISO' : 'URI');
  const coding = node.at('type').at('coding').item(0);
  if (to.put(`${path}.5`, coding.at('code'))) coding.at('system').text();
  else if (isNhs) to.put(`${path}.5`, system, () => 'NH');
  to.put(`${path}.7`, node.at('period').at('start'), timestamp);
  to.put(`${path}.8`, node.at('period').at('end'), timestamp);
};

/** EI: value and authority. */
export const entityIdentifier = (to: Composer, path: string, node: Node): void => {
  to.put(`${path}.1`, node.at('value'));
  to.put(`${path}.2`, node.at('assigner').at('display'));
  if (to.put(`${path}.3`, node.at('system'), systemName))
    to.say(`${path}.4`, /^urn:oid:/.test(String(node.at('system').value)) ? 'ISO' : 'URI');
};

/** Several texts in one part, a space between. */
const together = (to: Composer, path: string, nodes: readonly Node[]): void => {
  const text = nodes.map((node) => node.text()).join(' ');
  for (const node of nodes) to.put(path, node, () => text);
};

/** XPN: the first suffix is a suffix, for what was a degree is one of them, too. */
export const name = (to: Composer, path: string, node: Node): void => {
  to.put(`${path}.1`, node.at('family'));
  const [first, ...others] = node.at('given').items();
  to.put(`${path}.2`, first);
  together(to, `${path}.3`, others);
  together(to, `${path}.4`, node.at('suffix').items());
  together(to, `${path}.5`, node.at('prefix').items());
  to.put(`${path}.7`, node.at('use'), untranslate('name-type'));
  to.put(`${path}.12`, node.at('period').at('start'), timestamp);
  to.put(`${path}.13`, node.at('period').at('end'), timestamp);
};

/** XAD. */
export const address = (to: Composer, path: string, node: Node): void => {
  const [street, ...others] = node.at('line').items();
  to.put(`${path}.1`, street);
  together(to, `${path}.2`, others);
  to.put(`${path}.3`, node.at('city'));
  to.put(`${path}.4`, node.at('state'));
  to.put(`${path}.5`, node.at('postalCode'));
  to.put(`${path}.6`, node.at('country'));
  if (!to.put(`${path}.7`, node.at('use'), untranslate('address-use')))
    to.put(`${path}.7`, node.at('type'), untranslate('address-type'));
  to.put(`${path}.9`, node.at('district'));
  to.put(`${path}.13`, node.at('period').at('start'), timestamp);
  to.put(`${path}.14`, node.at('period').at('end'), timestamp);
};

/** XTN. */
export const telecom = (to: Composer, path: string, node: Node): void => {
  const isMail = node.at('system').value === 'email';
  to.put(isMail ? `${path}.4` : `${path}.1`, node.at('value'));
  to.put(`${path}.2`, node.at('use'), untranslate('telecom-use'));
  const isMobile = node.at('use').value === 'mobile' && node.at('system').value === 'phone';
  to.put(`${path}.3`, node.at('system'), isMobile ? () => 'CP' : untranslate('telecom-system'));
  to.put(`${path}.13`, node.at('period').at('start'), timestamp);
  to.put(`${path}.14`, node.at('period').at('end'), timestamp);
};

/** CWE: two codings and the text; a coding of v2 itself is the first, for it is what was sent. */
export const concept = (to: Composer, path: string, node: Node): void => {
  const all = node.at('coding').items();
  const isOwn = ({ value }: Node): boolean => /CodeSystem\/v2-/.test(JSON.stringify(value ?? ''));
  const ordered = [...all.filter(isOwn), ...all.filter((one) => !isOwn(one))];
  for (const [index, coding] of ordered.slice(0, 2).entries()) {
    const first = 1 + 3 * index;
    to.put(`${path}.${first}`, coding.at('code'));
    to.put(`${path}.${first + 1}`, coding.at('display'));
    to.put(`${path}.${first + 2}`, coding.at('system'), systemName);
  }
  to.put(`${path}.9`, node.at('text'));
};

/** A code of one v2 table: the coding of that table where there is one, else the first code. */
export const tableCode = (to: Composer, path: string, node: Node, table: string): void => {
  const system = `http://terminology.hl7.org/CodeSystem/v2-${table}`;
  const all = node.at('coding').items();
  const found = all.find((coding) => coding.at('system').value === system) ?? all[0];
  if (to.put(path, found?.at('code'))) found?.at('system').text();
  else to.put(path, node.at('text'));
};

/** XCN, of the person that an element refers to, or of its display. */
export const person = (to: Composer, path: string, node: Node): void => {
  const practitioner = node.target();
  if (practitioner === undefined) {
    to.put(`${path}.2`, node.at('display'));
    return;
  }
  const number = practitioner.at('identifier').item(0);
  to.put(`${path}.1`, number.at('value'));
  const own = practitioner.at('name').item(0);
  to.put(`${path}.2`, own.at('family'));
  const [first, ...others] = own.at('given').items();
  to.put(`${path}.3`, first);
  together(to, `${path}.4`, others);
  together(to, `${path}.5`, own.at('suffix').items());
  together(to, `${path}.6`, own.at('prefix').items());
  if (!to.put(`${path}.9`, number.at('system'), untranslate('authorities')))
    to.put(`${path}.9`, number.at('assigner').at('display'));
};
