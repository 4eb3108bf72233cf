import { evidencePack } from '../../sandbox/conformance/evidence-pack.ts';
import { reportHtml } from '../../sandbox/conformance/html.ts';
import { reportPolicy } from '../../sandbox/conformance/html-style.ts';
import { junit } from '../../sandbox/conformance/junit.ts';
import type { Report } from '../../sandbox/conformance/report.ts';
import { ok, type ServiceReply } from './call.ts';

const named = (report: Report, ending: string): string => `conformance-${report.pattern}-${report.dialect}.${ending}`;

/** A report in the form that was agreed on; `asJson` is what holds it where that is JSON. */
export const reportReply = (report: Report, type: string, asJson: object = report): ServiceReply => {
  switch (type) {
    case 'application/xml':
      return { status: 200, body: junit(report) };
    case 'text/html':
      // Its style is its own, so it comes with a policy of its own.
      return {
        status: 200,
        headers: {
          'content-security-policy': `${reportPolicy()}; frame-ancestors 'none'`,
          'content-disposition': `inline; filename="${named(report, 'html')}"`,
        },
        body: reportHtml(report),
      };
    case 'application/zip':
      return {
        status: 200,
        headers: { 'content-disposition': `attachment; filename="${named(report, 'zip')}"` },
        body: evidencePack(report),
      };
    default:
      return ok(asJson);
  }
};
