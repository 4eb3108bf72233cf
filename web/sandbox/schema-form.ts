import type { Schema } from '../data/sandbox-types.ts';

/** One field of a form, made from one property of an act's JSON Schema. */
export interface Field {
  readonly name: string;
  readonly label: string;
  readonly hint: string;
  readonly required: boolean;
  readonly kind: 'text' | 'number' | 'integer' | 'boolean' | 'choice' | 'json';
  readonly inputType: 'text' | 'date' | 'datetime-local' | 'url' | 'number';
  readonly choices: readonly string[];
  readonly initial: string;
  readonly pattern: RegExp | undefined;
  readonly minimum: number | undefined;
  readonly maximum: number | undefined;
}

const record = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const number = (value: unknown): number | undefined => (typeof value === 'number' ? value : undefined);
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** `nhsNumber` → `Nhs number`: only where the schema gives no title. */
const labelOf = (name: string): string => {
  const words = name
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replaceAll(/[-_]+/g, ' ')
    .toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
};

const INPUT_TYPES: Readonly<Record<string, Field['inputType']>> = { date: 'date', uri: 'url', url: 'url' };

const kindOf = (schema: Schema, choices: readonly string[]): Field['kind'] => {
  if (choices.length > 0) return 'choice';
  if (schema.type === 'boolean') return 'boolean';
  if (schema.type === 'integer') return 'integer';
  if (schema.type === 'number') return 'number';
  return schema.type === 'object' || schema.type === 'array' ? 'json' : 'text';
};

const patternOf = (source: unknown): RegExp | undefined => {
  try {
    return typeof source === 'string' ? new RegExp(source, 'u') : undefined;
  } catch {
    return undefined;
  }
};

const initialOf = (schema: Schema, kind: Field['kind']): string => {
  const value = schema.default ?? list(schema.examples)[0];
  if (value === undefined) return '';
  return kind === 'json' ? JSON.stringify(value, null, 2) : String(value);
};

/** The fields for a schema of type object; nested objects and arrays are entered as JSON. Pure. */
export const fieldsOf = (schema: Schema): Field[] => {
  const required = new Set(list(schema.required).map(String));
  return Object.entries(record(schema.properties)).map(([name, value]) => {
    const property = record(value);
    const choices = list(property.enum).map(String);
    const kind = kindOf(property, choices);
    return {
      name,
      label: text(property.title) || labelOf(name),
      hint: text(property.description),
      required: required.has(name),
      kind,
      inputType: kind === 'number' || kind === 'integer' ? 'number' : (INPUT_TYPES[text(property.format)] ?? 'text'),
      choices,
      initial: initialOf(property, kind),
      pattern: patternOf(property.pattern),
      minimum: number(property.minimum),
      maximum: number(property.maximum),
    };
  });
};

export type Reading =
  | { readonly input: Readonly<Record<string, unknown>>; readonly errors?: never }
  | { readonly errors: ReadonlyMap<string, string>; readonly input?: never };

/** `Family name` → `family name`, but `NHS number` stays as it is. */
const inSentence = (label: string): string =>
  /^[A-Z](?![A-Z])/.test(label) ? label.charAt(0).toLowerCase() + label.slice(1) : label;

const readNumber = (field: Field, entered: string): number | string => {
  const value = Number(entered);
  if (!Number.isFinite(value)) return `${field.label} must be a number`;
  if (field.kind === 'integer' && !Number.isInteger(value)) return `${field.label} must be a whole number`;
  if (field.minimum !== undefined && value < field.minimum) return `${field.label} must be ${field.minimum} or more`;
  if (field.maximum !== undefined && value > field.maximum) return `${field.label} must be ${field.maximum} or less`;
  return value;
};

/** What was entered as the act's input, or for each field what is wrong with it. Empty optional fields are left out. */
export const readForm = (fields: readonly Field[], entered: (name: string) => string | undefined): Reading => {
  const input: Record<string, unknown> = {};
  const errors = new Map<string, string>();
  for (const field of fields) {
    const raw = (entered(field.name) ?? '').trim();
    if (field.kind === 'boolean') input[field.name] = raw !== '';
    else if (raw === '') {
      if (field.required) errors.set(field.name, `Enter ${inSentence(field.label)}`);
    } else if (field.kind === 'number' || field.kind === 'integer') {
      const value = readNumber(field, raw);
      if (typeof value === 'string') errors.set(field.name, value);
      else input[field.name] = value;
    } else if (field.kind === 'json') {
      try {
        input[field.name] = JSON.parse(raw);
      } catch {
        errors.set(field.name, `${field.label} must be JSON`);
      }
    } else if (field.pattern?.test(raw) === false)
      errors.set(field.name, `${field.label} does not have the form that is asked for`);
    else input[field.name] = raw;
  }
  return errors.size > 0 ? { errors } : { input };
};
