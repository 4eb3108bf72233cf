import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { list, oneOf, shape, table, text } from '../../dialect-shape.ts';
import type { Right } from '../token-rows.ts';

/** A synthetic person that can sign in. */
export interface User {
  readonly id: string;
  readonly name: string;
  /** In words, as whoever chooses reads it. */
  readonly role: string;
  readonly rights: readonly Right[];
  /** What the ID token and `/userinfo` say. */
  readonly claims: Readonly<Record<string, unknown>>;
}

const document = shape({
  users: list(
    shape({
      id: text,
      name: text,
      role: text,
      rights: list(oneOf('read', 'write')),
      claims: table(/^[a-z_]+$/, () => undefined),
    }),
  ),
});

const isDocument = (value: unknown, faults: string[]): value is { users: readonly User[] } => {
  document(value, '', faults);
  return faults.length === 0;
};

const kept = new Map<'users', Promise<readonly User[]>>();

const readUsers = async (): Promise<readonly User[]> => {
  const value: unknown = parse(await readFile(new URL('./users.yaml', import.meta.url), 'utf8'));
  const faults: string[] = [];
  if (isDocument(value, faults)) return value.users;
  throw new Error(`sandbox/auth/openid/users.yaml: ${faults.join('; ')}`);
};

/** Read when somebody first asks for them. */
export const loadUsers = (): Promise<readonly User[]> => {
  const known = kept.get('users');
  if (known !== undefined) return known;
  const reading = readUsers();
  kept.set('users', reading);
  return reading;
};
