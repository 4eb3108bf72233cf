/** Checks of parsed YAML: each adds a line that names the place (`errors.conditions.gone.status`) for what is wrong. */
export type Check = (value: unknown, at: string, faults: string[]) => void;

export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const kindOf = (value: unknown): string =>
  value === undefined ? 'missing' : value === null ? 'empty' : Array.isArray(value) ? 'a list' : `a ${typeof value}`;

export const text: Check = (value, at, faults) => {
  if (typeof value !== 'string' || value.trim() === '') faults.push(`${at}: must be text, is ${kindOf(value)}`);
};

export const flag: Check = (value, at, faults) => {
  if (typeof value !== 'boolean') faults.push(`${at}: must be true or false, is ${kindOf(value)}`);
};

export const whole =
  (least: number, most: number): Check =>
  (value, at, faults) => {
    if (typeof value !== 'number' || !Number.isInteger(value) || value < least || value > most)
      faults.push(`${at}: must be a whole number from ${least} to ${most}, is ${JSON.stringify(value) ?? 'missing'}`);
  };

export const matching =
  (pattern: RegExp, what: string): Check =>
  (value, at, faults) => {
    if (typeof value !== 'string' || !pattern.test(value))
      faults.push(`${at}: must be ${what}, is ${JSON.stringify(value) ?? 'missing'}`);
  };

export const oneOf =
  (...allowed: readonly string[]): Check =>
  (value, at, faults) => {
    if (typeof value !== 'string' || !allowed.includes(value))
      faults.push(`${at}: must be one of ${allowed.join(', ')}, is ${JSON.stringify(value) ?? 'missing'}`);
  };

export const list =
  (item: Check): Check =>
  (value, at, faults) => {
    if (!Array.isArray(value)) faults.push(`${at}: must be a list, is ${kindOf(value)}`);
    else for (const [index, one] of value.entries()) item(one, `${at}[${index}]`, faults);
  };

export const table =
  (key: RegExp, item: Check): Check =>
  (value, at, faults) => {
    if (!isRecord(value)) {
      faults.push(`${at}: must be a mapping, is ${kindOf(value)}`);
      return;
    }
    for (const [name, one] of Object.entries(value)) {
      if (!key.test(name)) faults.push(`${at}.${name}: is not a name that can stand here`);
      item(one, `${at}.${name}`, faults);
    }
  };

/** A mapping with these members and no others. */
export const shape =
  (required: Readonly<Record<string, Check>>, optional: Readonly<Record<string, Check>> = {}): Check =>
  (value, at, faults) => {
    if (!isRecord(value)) {
      faults.push(`${at === '' ? 'the document' : at}: must be a mapping, is ${kindOf(value)}`);
      return;
    }
    const below = (name: string) => (at === '' ? name : `${at}.${name}`);
    for (const [name, check] of Object.entries(required)) check(value[name], below(name), faults);
    for (const [name, check] of Object.entries(optional))
      if (value[name] !== undefined) check(value[name], below(name), faults);
    for (const name of Object.keys(value))
      if (!Object.hasOwn(required, name) && !Object.hasOwn(optional, name)) faults.push(`${below(name)}: is not known`);
  };
