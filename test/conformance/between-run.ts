import type { SeenExchange } from '../../sandbox/conformance/journal-evidence.ts';
import type { Report, ReportedExchange } from '../../sandbox/conformance/report.ts';
import type { Conformance } from '../../sandbox/conformance/run.ts';
import { openCatalogue } from '../../src/catalogue.ts';
import { loadPassing } from '../../src/catalogue-conformance.ts';
import { judgeBetween } from '../../src/proxy/judge.ts';

/** Whether a report shows only the beginning. */
export const isCut = (body = ''): boolean => / … \[\d+ more characters\]$/.test(body);

const half = ({
  headers,
  body = '',
}: {
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}) => ({
  headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])),
  body,
  cut: isCut(body),
});

/** What of a driven run went to its target, and what came back to its listeners, as a proxy between the two keeps it. */
const passed = ({ exchanges, target }: Report, asking: string, answering: string): readonly SeenExchange[] =>
  exchanges.map((one: ReportedExchange, index): SeenExchange => {
    const { url, method } = one.request;
    const isAsked = url.startsWith(new URL(target).origin);
    const began = one.began ?? index * 1_000;
    return {
      id: `e${index}`,
      kind: 'http',
      from: isAsked ? asking : answering,
      to: isAsked ? answering : asking,
      at: began,
      began,
      ended: began + one.milliseconds,
      request: {
        method,
        url,
        ...(url.startsWith(target) ? { below: url.slice(target.length) || '/' } : {}),
        ...half(one.request),
      },
      ...(one.reply === undefined
        ? { noReply: 'dropped' as const }
        : { reply: { status: one.reply.status, ...half(one.reply) } }),
    };
  });

/** What is said of whoever answered, where the same traffic had passed between two real systems. */
export const judgedBetween = async (conformance: Conformance, driven: Report): Promise<Report> => {
  const { pattern, dialect } = driven;
  const { participants } = await (await openCatalogue()).manifest(pattern);
  const passing = await loadPassing(pattern);
  const answering = passing?.participants[0] ?? participants.find(({ main }) => main === true)?.name ?? '';
  const asking = participants.find(({ name, starts }) => name !== answering && starts.length > 0)?.name ?? answering;
  const reports = await judgeBetween(
    {
      ...{ pattern, dialect, conformance, passing, lost: 0, tool: 'fingerpost 0', demands: {} },
      exchanges: passed(driven, asking, answering),
      startedAt: new Date(0),
    },
    [{ from: asking, to: answering, upstream: driven.target }],
  );
  const report = reports.find(({ role }) => role === 'responder');
  if (report === undefined) throw new Error(`Nothing passed to the ${answering}`);
  return report;
};
