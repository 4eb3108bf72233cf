import { Task, TaskStatus } from '@lit/task';
import { html, nothing, type PropertyDeclarations, type TemplateResult } from 'lit';
import { type SandboxApi, sandboxApi } from '../data/api.ts';
import { forgetSandboxKey, keepSandboxKey, keyInFragment, sandboxKey } from '../data/keys.ts';
import { breakable } from '../shell/breakable.ts';
import { focusOn } from '../shell/focus-on.ts';
import { navigate } from '../shell/navigation.ts';
import { Page } from '../shell/page.ts';
import { failedPage, loading } from '../shell/states.ts';
import { confirmation } from './confirmation.ts';
import { expiresIn } from './expires-in.ts';
import { ExchangeOpened } from './journal.ts';
import { createJournalFeed, type FeedState, type JournalFeed } from './journal-feed.ts';
import { keyForm } from './key-form.ts';
import { liveMark } from './live-mark.ts';
import { isForKey, readAgain, type Shown } from './read-again.ts';
import { createToolNotes, type ToolNotes, toolsOf } from './tools.ts';

/** Changes that come within so many milliseconds are read at once; what could not be read is tried again after so many. */
const TOGETHER = 100;
const STALE_FOR = 1_000;

/** The console of one sandbox: participants and tools, the live sequence, and the inspector. */
export class SandboxPage extends Page {
  static override properties: PropertyDeclarations = {
    selected: { state: true },
    version: { state: true },
    feedState: { state: true },
    key: { state: true },
    refresh: { state: true },
    ask: { state: true },
    problem: { state: true },
    said: { state: true },
  };
  declare selected: string | undefined;
  declare version: number;
  declare feedState: FeedState;
  declare key: string | undefined;
  declare refresh: number;
  declare ask: 'reset' | 'delete' | undefined;
  declare problem: string | undefined;
  declare said: string;
  private feed: JournalFeed | undefined = undefined;
  private api: SandboxApi | undefined = undefined;
  private opened = '';
  private soon = 0;
  private notes: ToolNotes = createToolNotes();

  private readonly task: Task<readonly unknown[], Shown | undefined> = new Task(this, {
    args: () => [this.place.params.id ?? '', this.key, this.refresh] as const,
    task: async ([id, given]): Promise<Shown | undefined> => {
      const key = given ?? this.findKey(id);
      if (key === undefined) return undefined;
      if (this.opened !== `${id} ${key}`) this.connect(id, key);
      const { api } = this;
      if (api === undefined) return undefined;
      const before = this.task.value;
      const shown = await readAgain(api, before?.api === api ? before : undefined);
      keepSandboxKey(id, key);
      if (this.feed === undefined) this.watch(api);
      if (shown.stale !== undefined && this.isConnected) this.reloadSoon(STALE_FOR);
      return shown;
    },
  });

  constructor() {
    super();
    this.version = 0;
    this.refresh = 0;
    this.feedState = 'connecting';
    this.said = '';
    // Bubbles up from the journal, an act or a lesson.
    this.addEventListener(ExchangeOpened.type, (event) => {
      if (!(event instanceof ExchangeOpened)) return;
      this.selected = event.exchange;
      if (event.go) this.querySelector<HTMLElement>('#inspector')?.focus();
    });
    for (const type of ['fp-seat-changed', 'fp-clock-changed']) this.addEventListener(type, () => this.reload());
  }

  override disconnectedCallback(): void {
    this.feed?.stop();
    window.clearTimeout(this.soon);
    super.disconnectedCallback();
  }

  protected override settled(): boolean {
    return this.task.status === TaskStatus.COMPLETE || this.task.status === TaskStatus.ERROR;
  }

  /** A key in the fragment is kept and taken out of the address bar, where it would be seen. */
  private findKey(id: string): string | undefined {
    const shared = keyInFragment(location.hash);
    if (shared === undefined) return sandboxKey(id);
    keepSandboxKey(id, shared);
    history.replaceState(history.state, '', location.pathname + location.search);
    return shared;
  }

  private connect(id: string, key: string): void {
    this.feed?.stop();
    this.feed = undefined;
    this.opened = `${id} ${key}`;
    this.api = sandboxApi(id, key);
    this.selected = undefined;
    this.notes = createToolNotes();
  }

  private watch(api: SandboxApi): void {
    this.feed?.stop();
    this.feed = createJournalFeed(api, {
      changed: (state) => {
        this.feedState = state;
        this.version += 1;
      },
      controlled: () => this.reloadSoon(),
      emptied: () => this.startOver(),
    });
    this.feed.start();
  }

  private reload(): void {
    this.refresh += 1;
  }

  /** Of many changes at once, one reload. */
  private reloadSoon(after = TOGETHER): void {
    if (this.soon !== 0) return;
    this.soon = window.setTimeout(() => {
      this.soon = 0;
      this.reload();
    }, after);
  }

  /** After a reset, whoever asked for it. */
  private startOver(): void {
    this.selected = undefined;
    this.notes = createToolNotes();
    this.reload();
  }

  private async reset(api: SandboxApi): Promise<void> {
    await api.reset();
    this.watch(api);
    this.startOver();
    this.said = 'The sandbox is back in its seeded state';
  }

  private async discard(api: SandboxApi, id: string): Promise<void> {
    await api.remove();
    forgetSandboxKey(id);
    navigate('/');
  }

  private askForKey(refused: boolean): TemplateResult {
    return keyForm(this.place.params.id ?? '', refused, (key) => {
      this.key = key;
    });
  }

  /** What was confirmed, and what became of it where it failed. */
  private async carryOut(action: () => Promise<void>): Promise<void> {
    void this.answered();
    this.problem = undefined;
    this.said = '';
    try {
      await action();
    } catch (error) {
      this.problem = error instanceof Error ? error.message : String(error);
    }
  }

  /** The question is gone with the button that was pressed. */
  private answered(): Promise<void> {
    const from = `#ask-${this.ask}`;
    this.ask = undefined;
    return focusOn(this, from);
  }

  private bar({ sandbox, pattern, api, stale }: Shown): TemplateResult {
    const link = `${location.origin}${location.pathname}#key=${encodeURIComponent(sandboxKey(sandbox.id) ?? '')}`;
    const dialect = pattern.dialects.find((one) => one.id === sandbox.dialect)?.title ?? sandbox.dialect;
    const confirm = (): unknown => {
      if (this.ask === undefined) return nothing;
      const [text, action] =
        this.ask === 'reset'
          ? ['Back to the seeded state, with an empty journal?', () => this.reset(api)]
          : ['Delete the sandbox and all it holds?', () => this.discard(api, sandbox.id)];
      return confirmation(
        text,
        this.ask,
        () => this.carryOut(action),
        () => this.answered(),
      );
    };
    return html`
      <div class="fp-console__bar">
        <h1 class="fp-console__title">${breakable(pattern.title)}</h1>
        <span class="fp-quiet">${dialect} · <code>${sandbox.id}</code> · expires <time datetime=${sandbox.expiresAt}>${expiresIn(sandbox.expiresAt, Date.now())}</time></span>
        ${liveMark(this.feedState)}
        <span class="fp-console__actions">
          <fp-copy .text=${link} .label=${'Copy link with key'} .what=${'Link with key'}></fp-copy>
          <button class="fp-small-button" id="ask-reset" type="button" @click=${() => {
            this.ask = 'reset';
          }}>Reset</button>
          <button class="fp-small-button" id="ask-delete" type="button" @click=${() => {
            this.ask = 'delete';
          }}>Delete</button>
        </span>
        ${confirm()}
        <span class="nhsuk-u-visually-hidden" role="status">${this.said}</span>
        ${[this.problem, stale].map((text) => (text === undefined ? nothing : html`<p class="nhsuk-error-message" role="alert">${text}</p>`))}
      </div>`;
  }

  private console(shown: Shown): TemplateResult {
    const { sandbox, pattern, api } = shown;
    const lines = this.feed?.store.lines() ?? [];
    const cursor = lines.find((line) => line.id === this.selected)?.cursor;
    const tabs = toolsOf({ sandbox, pattern, api, notes: this.notes, refresh: this.refresh, version: this.version });
    return html`
      ${this.bar(shown)}
      <div class="fp-console">
        <section class="fp-pane" aria-labelledby="tools-title"><h2 class="nhsuk-u-visually-hidden" id="tools-title">Participants and tools</h2><fp-tabs .tabs=${tabs}></fp-tabs></section>
        <section class="fp-pane" aria-labelledby="journal-title"><h2 class="fp-pane__title" id="journal-title">Live sequence</h2>
          <fp-journal .lines=${lines} .version=${this.version} .participants=${sandbox.participants} .selected=${this.selected}></fp-journal></section>
        <section class="fp-pane" aria-labelledby="inspector-title"><h2 class="fp-pane__title" id="inspector-title">Inspector</h2>
          <div class="fp-pane__body" id="inspector" tabindex="0" role="region" aria-label="Chosen exchange"><fp-inspector .api=${api} .participants=${sandbox.participants} .exchange=${this.selected} .cursor=${cursor}></fp-inspector></div></section>
      </div>`;
  }

  protected override render(): unknown {
    const before = this.task.value;
    return this.task.render({
      initial: () => loading('the sandbox'),
      pending: () => (before === undefined ? loading('the sandbox') : this.console(before)),
      complete: (shown) => (shown === undefined ? this.askForKey(false) : this.console(shown)),
      error: (error) => (isForKey(error) ? this.askForKey(true) : failedPage(error, 'sandbox', () => this.task.run())),
    });
  }
}

customElements.define('fp-sandbox-page', SandboxPage);
