import { html, type TemplateResult } from 'lit';
import type { SandboxApi } from '../data/api.ts';
import type { Pattern } from '../data/api-types.ts';
import type { Participant, Sandbox } from '../data/sandbox-types.ts';
import { type CheckNotes, createCheckNotes } from './check-panel.ts';
import { examplesOf } from './examples.ts';
import { createLessonNotes, type LessonNotes } from './lesson-notes.ts';
import type { Tab } from './tool-tabs.ts';

/** What the page remembers for its tools: an element is gone as soon as another tab is chosen. */
export interface ToolNotes {
  readonly lessons: LessonNotes;
  readonly checks: CheckNotes;
}

export const createToolNotes = (): ToolNotes => ({ lessons: createLessonNotes(), checks: createCheckNotes() });

export interface Tools {
  readonly sandbox: Sandbox;
  readonly pattern: Pattern;
  readonly api: SandboxApi;
  readonly notes: ToolNotes;
  /** Counts what was changed from elsewhere. */
  readonly refresh: number;
  /** Counts what came in the journal. */
  readonly version: number;
}

/** Whose endpoint is wanted first. */
const mainFirst = (participants: readonly Participant[]): Participant[] =>
  participants.toSorted((a, b) => Number(b.main === true) - Number(a.main === true));

/** The tools of a sandbox's console, one a tab. */
export const toolsOf = ({ sandbox, pattern, api, notes, refresh, version }: Tools): Tab[] => {
  const { participants } = sandbox;
  const seats = (): TemplateResult => html`
      ${mainFirst(participants).map((participant) => html`<fp-participant .api=${api} .sandbox=${sandbox} .participant=${participant}></fp-participant>`)}
      ${examplesOf(sandbox)}`;
  const worklist: Tab = {
    id: 'worklist',
    title: 'Worklist',
    content: () =>
      html`<fp-worklist .api=${api} .participants=${participants} .refresh=${refresh} .version=${version}></fp-worklist>`,
  };
  const queues: Tab = {
    id: 'queues',
    title: 'Queues',
    content: () => html`<fp-queues .api=${api} .version=${version}></fp-queues>`,
  };
  const authentication: Tab = {
    id: 'authentication',
    title: 'Authentication',
    content: () => html`<fp-authentication .api=${api} .sandbox=${sandbox}></fp-authentication>`,
  };
  return [
    { id: 'participants', title: 'Participants', content: seats },
    ...(sandbox.authentication === undefined ? [] : [authentication]),
    ...(sandbox.worklist ? [worklist] : []),
    ...(sandbox.queues ? [queues] : []),
    {
      id: 'scenarios',
      title: 'Lessons',
      content: () =>
        html`<fp-scenarios .api=${api} .participants=${participants} .notes=${notes.lessons} .refresh=${refresh}></fp-scenarios>`,
    },
    {
      id: 'faults',
      title: 'Faults',
      content: () => html`<fp-faults .api=${api} .participants=${participants} .refresh=${refresh}></fp-faults>`,
    },
    {
      id: 'check',
      title: 'Check',
      content: () =>
        html`<fp-check .api=${api} .participants=${participants} .described=${pattern.participants ?? []} .notes=${notes.checks}></fp-check>
          <p class="fp-quiet">Is yours the system that answers? <a href=${`/conformance?${new URLSearchParams({ pattern: sandbox.pattern, dialect: sandbox.dialect })}`}>Check my system</a> drives it.</p>`,
    },
    { id: 'clock', title: 'Clock', content: () => html`<fp-clock .api=${api} .clock=${sandbox.clock}></fp-clock>` },
    {
      id: 'project',
      title: 'Project',
      content: () => html`
        <h3 class="fp-tool__title">Take it away</h3>
        <p class="fp-quiet">What runs here as a project of your own, in this dialect, with its tests and the checks that judge it, as a zip.</p>
        <fp-take-away-form
          .pattern=${sandbox.pattern}
          .dialect=${sandbox.dialect}
          .decision=${sandbox.decision}
          button="fp-small-button fp-small-button--strong"
        ></fp-take-away-form>`,
    },
  ];
};
