import type { CheckResult, Report, ReportedExchange, RequirementResult, Standing } from '../data/report-types.ts';

export const WORDS: Readonly<Record<Standing, string>> = {
  pass: 'Passed',
  fail: 'Failed',
  error: 'Check broke',
  skip: 'Not observed',
  omit: 'Does not apply',
  waived: 'Waived failure',
};

export const TONES: Readonly<Record<Standing, string>> = {
  pass: 'good',
  fail: 'bad',
  error: 'bad',
  skip: 'warn',
  omit: 'quiet',
  waived: 'warn',
};

/** What needs somebody first: failures, then what was not seen; what does not apply stands apart, last. */
const ORDER: readonly Standing[] = ['fail', 'error', 'waived', 'skip', 'pass'];

/** What it counts as: its verdict, or that its failure is waived. */
export const standingOf = ({ verdict, waived }: Pick<CheckResult, 'verdict' | 'waived'>): Standing =>
  waived === undefined ? verdict : 'waived';

export const judged = ({ requirements }: Report): readonly RequirementResult[] =>
  ORDER.flatMap((standing) => requirements.filter((one) => standingOf(one) === standing));

export const notApplying = ({ requirements }: Report): readonly RequirementResult[] =>
  requirements.filter(({ verdict }) => verdict === 'omit');

/** One line for a report: what was found, in numbers. */
export const summaryOf = ({ counts }: Report): string =>
  ORDER.filter((standing) => counts[standing] > 0)
    .map((standing) => `${counts[standing]} ${WORDS[standing].toLowerCase()}`)
    .join(', ') || 'nothing applies';

/** As a sentence beneath a tag that says already that it was not observed. */
export const said = ({ message }: CheckResult): string => {
  const text = message.replace(/^not observed: /, '');
  return text.charAt(0).toUpperCase() + text.slice(1);
};

/** `GET /Patient/1 → 503`: what a reader knows an exchange by. */
export const exchangeName = (exchanges: readonly ReportedExchange[], id: string): string => {
  const found = exchanges.find(({ step }) => step === id);
  if (found === undefined) return 'Exchange';
  const { method = '', url = '' } = found.request;
  const { pathname, search } = new URL(url, 'http://sandbox.invalid');
  const path = pathname.replace(/^\/sandboxes\/[^/]+/, '').replace(/^.*\/FHIR\/R4(?=\/|$)/, '');
  return `${method} ${decodeURI(path + search)} → ${found.reply?.status ?? 'no reply'}`;
};
