import { BAD_REQUEST, problem } from './problem.ts';

/** A text of an act's input that has to be there. */
export const requireText = (input: Readonly<Record<string, unknown>>, name: string): string => {
  const value = input[name];
  if (typeof value !== 'string' || value === '') throw problem(BAD_REQUEST, `${name} is missing`, { at: `/${name}` });
  return value;
};

/** An own member of a parsed body, whatever that is; undefined where there is none. */
export const member = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, name) ? Reflect.get(value, name) : undefined;

/** What a text is as JSON; undefined where it is none. */
export const parsedJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};
