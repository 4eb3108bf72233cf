import { isJson } from './element.ts';

const codeOf = (type: unknown): unknown => {
  const [first]: readonly unknown[] = Array.isArray(type) ? type : [];
  const [coding]: readonly unknown[] = isJson(first) && Array.isArray(first.coding) ? first.coding : [];
  return isJson(coding) ? coding.code : isJson(first) ? first.text : undefined;
};

/**
 * Several fields of a message are items of one list: numbers at home (PID-13) and at work (PID-14) are telecoms, doctors by what
 * they do (PV1-7 to PV1-9) participants. Which field an item is of shows by what it says, such as `use=work`; undefined where
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
      return `type=${codeOf(item.type ?? item.role)}`;
    case 'location':
      return `status=${item.status}`;
    case 'generalPractitioner':
      return `type=${String(item.reference).split('/')[0]}`;
    default:
      return undefined;
  }
};
