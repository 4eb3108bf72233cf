import type { Call, Reply } from '../pattern.ts';

const TYPES = { 1: 'application/json', 2: 'application/vnd.mesh.v2+json' } as const;

/** Which form of the API's answers the caller asked for: the second only by name. */
export const versionOf = ({ headers }: Call): 1 | 2 =>
  headers.accept?.toLowerCase().includes(TYPES[2]) === true ? 2 : 1;

/** The same answer in either form. */
export const answer = (
  call: Call,
  status: number,
  forms: { readonly 1: object; readonly 2: object | undefined },
): Reply => {
  const version = versionOf(call);
  const body = forms[version];
  return body === undefined ? { status } : { status, headers: { 'content-type': TYPES[version] }, body };
};

/** Where this page of a list is, and the next after the last that was shown; undefined where there is nothing more. */
export const linksOf = (path: string, asked: Readonly<Record<string, string>>, last: string | undefined) => ({
  self: `${path}?${new URLSearchParams(asked)}`,
  ...(last === undefined ? {} : { next: `${path}?${new URLSearchParams({ ...asked, continue_from: last })}` }),
});

export const mailboxOf = ({ params }: Call): string => (params.mailbox_id ?? '').toUpperCase();
export const messageOf = ({ params }: Call): string => (params.message_id ?? '').toUpperCase();
