import type { Branch, Guide, Question } from '../data/api-types.ts';

const to = (label: string, next: string): Branch =>
  /^Q\d$/.test(next) ? { label, question: next } : { label, pattern: next };
const ask = (id: string, yes: string, no: string): Question => ({
  id,
  text: `The text of ${id}?`,
  short: `Short text of ${id}?`,
  answers: { yes: to('Yes', yes), no: to('No', no) },
});

/** A tree of the chapter's shape, for tests: seven questions, eight paths, six patterns. */
export const sampleGuide: Guide = {
  title: 'Sample',
  edition: {},
  start: 'Q1',
  questions: [
    ask('Q1', 'Q2', 'Q5'),
    ask('Q2', 'Q3', 'Q4'),
    ask('Q3', 'synchronous-request-response', 'registry-repository'),
    ask('Q4', 'shared-repository', 'registry-repository'),
    ask('Q5', 'Q6', 'Q7'),
    ask('Q6', 'asynchronous-request-response', 'synchronous-request-response'),
    ask('Q7', 'information-push', 'publish-subscribe'),
  ],
  outcomes: [
    { pattern: 'synchronous-request-response', title: 'Request/response (synchronous)' },
    { pattern: 'asynchronous-request-response', title: 'Request/response (asynchronous)' },
    { pattern: 'registry-repository', title: 'Registry/repository' },
    { pattern: 'shared-repository', title: 'Shared repository' },
    { pattern: 'information-push', title: 'Information push' },
    { pattern: 'publish-subscribe', title: 'Publish/subscribe' },
  ],
};
