export interface ActOutcome {
  readonly text: string;
  readonly bad: boolean;
}

const member = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;

const textOf = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

const count = (exchanges: number): string => (exchanges === 1 ? 'one exchange' : `${exchanges} exchanges`);

/** Named where a FHIR answer was wanted and something else came, as from a proxy in between. */
const foreignType = (result: unknown): string | undefined => {
  const type = textOf(member(member(result, 'headers'), 'content-type'))
    ?.split(';')[0]
    ?.trim();
  return type === undefined || /[/+]json$/i.test(type) ? undefined : type;
};

/** When to send again, as the reader of a clock says it. */
const again = (result: unknown): string => {
  const instant = textOf(member(result, 'resendAfter'));
  return instant === undefined ? '' : `; to be sent again from ${instant.slice(11, 19)} UTC on the sandbox clock`;
};

/**
 * What an act came to, from the answer that it hands back where it hands one back (`status`, `outcome`, `headers`,
 * `because`): only a success that is JSON is said to be done.
 */
export const actOutcome = (result: unknown, exchanges: number): ActOutcome => {
  const status = member(result, 'status');
  const unknown = member(result, 'outcome') === 'unknown';
  if (typeof status !== 'number') {
    if (!unknown) return { text: exchanges === 0 ? 'Done' : `Done: ${count(exchanges)}`, bad: false };
    const because = textOf(member(result, 'because'));
    return {
      text: `No answer, so the outcome is unknown${because === undefined ? '' : `: ${because}`}${again(result)}`,
      bad: true,
    };
  }
  if (unknown) return { text: `Answered ${status}, so the outcome is unknown${again(result)}`, bad: true };
  if (status >= 400) {
    const because = textOf(member(result, 'because'));
    const said = because === undefined ? '' : `. ${because}`;
    return { text: `${status >= 500 ? 'Failed' : 'Refused'}: answered ${status}${said}`, bad: true };
  }
  const type = foreignType(result);
  if (type !== undefined) return { text: `Not understood: answered ${status} with ${type}, not FHIR`, bad: true };
  return { text: `Done: answered ${status}${exchanges === 1 ? '' : `, ${count(exchanges)}`}`, bad: false };
};
