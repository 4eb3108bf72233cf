import type { CheckResult, Report, ReportedExchange, RequirementResult, Verdict } from '../data/report-types.ts';

export const WORDS: Readonly<Record<Verdict, string>> = {
  pass: 'Passed',
  fail: 'Failed',
  error: 'Check broke',
  skip: 'Not observed',
  omit: 'Does not apply',
};

export const TONES: Readonly<Record<Verdict, string>> = {
  pass: 'good',
  fail: 'bad',
  error: 'bad',
  skip: 'warn',
  omit: 'quiet',
};

/** What needs somebody first: failures, then what was not seen; what does not apply stands apart, last. */
const ORDER: readonly Verdict[] = ['fail', 'error', 'skip', 'pass'];

export const judged = ({ requirements }: Report): readonly RequirementResult[] =>
  ORDER.flatMap((verdict) => requirements.filter((one) => one.verdict === verdict));

export const notApplying = ({ requirements }: Report): readonly RequirementResult[] =>
  requirements.filter(({ verdict }) => verdict === 'omit');

/** One line for a report: what was found, in numbers. */
export const summaryOf = ({ counts }: Report): string =>
  ORDER.filter((verdict) => counts[verdict] > 0)
    .map((verdict) => `${counts[verdict]} ${WORDS[verdict].toLowerCase()}`)
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
