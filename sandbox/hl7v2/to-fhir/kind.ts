import { isJson } from './element.ts';

const codeOf = (type: unknown): unknown => {
  const [first]: readonly unknown[] = Array.isArray(type) ? type : [];
  const [coding]: readonly unknown[] = isJson(first) && Array.isArray(first.coding) ? first.coding : [];
  return isJson(coding) ? coding.code : isJson(first) ? first.text : undefined;
};

/** A type that is words alone is what the map says of a field of SCH. */
const isOurs = (type: unknown): boolean => {
  const [first]: readonly unknown[] = Array.isArray(type) ? type : [];
  return isJson(first) && first.coding === undefined;
};

/**
 * Several fields of a message are items of one list: numbers at home (PID-13) and at work (PID-14) are telecoms, doctors by what
 * they do (PV1-7 to PV1-9) participants, and so are the patient, the places and the people of an appointment (PID, AIL, AIP). Which field an item is of shows by what it says, such as `use=work`; undefined where
 * a list is of one field only.
 */
export const kindOf = (list: string, item: unknown): string | undefined => {
  if (!isJson(item)) return undefined;
  switch (list) {
    case 'extension':
      return `url=${item.url}`;
    case 'telecom':
      return `use=${item.use === 'work' ? 'work' : 'home'}`;
    case 'participant':
      return isJson(item.actor) && !isOurs(item.type)
        ? `actor=${String(item.actor.reference).split('/')[0]}`
        : `type=${codeOf(item.type ?? item.role)}`;
    case 'link':
      return `other=${isJson(item.other) ? item.other.reference : undefined}`;
    case 'location':
      return `status=${item.status}`;
    case 'generalPractitioner':
      return `type=${String(item.reference).split('/')[0]}`;
    default:
      return undefined;
  }
};
