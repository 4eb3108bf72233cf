import { type Check, isRecord, list, text } from '../../dialect-shape.ts';

/** A mapping with these members, the first ones required. */
const only =
  (required: Readonly<Record<string, Check>>, optional: Readonly<Record<string, Check>>): Check =>
  (value, at, faults) => {
    if (!isRecord(value)) {
      faults.push(`${at}: must be a mapping`);
      return;
    }
    for (const name of Object.keys(value))
      if (!(name in required) && !(name in optional)) faults.push(`${at}.${name}: is not known here`);
    for (const [name, check] of Object.entries(required)) check(value[name], `${at}.${name}`, faults);
    for (const [name, check] of Object.entries(optional))
      if (value[name] !== undefined) check(value[name], `${at}.${name}`, faults);
  };

const PATH = /^\.$|^[1-9]\d{0,2}(?:\.[1-9]\d{0,2}){0,2}$/;
const path: Check = (value, at, faults) => {
  if (typeof value !== 'string' || !PATH.test(value))
    faults.push(`${at}: must be a path such as "3" or "3.1", in quotes`);
};
const anyText: Check = (value, at, faults) => {
  if (typeof value !== 'string') faults.push(`${at}: must be a text`);
};
const anything: Check = () => undefined;
export const object: Check = (value, at, faults) => {
  if (!isRecord(value)) faults.push(`${at}: must be a mapping`);
};
const condition = only(
  {},
  {
    at: path,
    is: text,
    in: list(anyText),
    notIn: list(text),
    event: list(text),
    segment: text,
    any: list(path),
    under: list(text),
  },
);
const conditions: Check = (value, at, faults) =>
  Array.isArray(value) ? list(condition)(value, at, faults) : condition(value, at, faults);
const rule = only(
  { from: path, to: text },
  {
    type: text,
    codes: text,
    table: text,
    resource: text,
    within: text,
    of: text,
    with: object,
    when: conditions,
    assumed: anything,
  },
);
const link = only({ context: text, to: text }, { within: text, with: object, map: text, atEnd: anything });
const segmentRule = only(
  {},
  {
    map: text,
    dropped: text,
    begins: text,
    as: text,
    into: list(text),
    at: text,
    once: anything,
    refs: list(link),
    linkedFrom: list(link),
    closes: list(text),
    byEvent: object,
    elseByEvent: object,
    removedByEvent: object,
    refsToAll: text,
    when: conditions,
  },
);
const segmentRules: Check = (value, at, faults) => {
  if (!isRecord(value)) faults.push(`${at}: must be a mapping`);
  else for (const [name, rules] of Object.entries(value)) list(segmentRule)(rules, `${at}.${name}`, faults);
};

export const partMap = only({ source: text, rules: list(rule) }, { resource: text, dropped: object, with: object });
export const messageMap = only(
  { source: text, types: list(text), focus: list(text) },
  { groups: list(text), segments: segmentRules },
);
export const groupMap = only({ source: text, segments: segmentRules }, {});
const code: Check = (value, at, faults) => {
  if (typeof value !== 'string') only({ code: text }, { display: text, system: text })(value, at, faults);
};
export const vocabulary = only(
  { source: text, system: text },
  {
    codes: (value, at, faults) => {
      if (!isRecord(value)) faults.push(`${at}: must be a mapping`);
      else for (const [name, one] of Object.entries(value)) code(one, `${at}.${name}`, faults);
    },
  },
);
