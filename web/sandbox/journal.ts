import {
  html,
  LitElement,
  nothing,
  type PropertyDeclarations,
  type PropertyValues,
  svg,
  type TemplateResult,
} from 'lit';
import type { Participant } from '../data/sandbox-types.ts';
import { dayBegun } from './journal-days.ts';
import { type Line, matches } from './journal-store.ts';
import { type LaneHead, lanesOf, laneWidth, visibleRows, type Way, wayOf } from './lanes.ts';

const ROW = 44;

export class ExchangeOpened extends Event {
  static readonly type = 'fp-exchange-opened';
  readonly exchange: string;
  /** Whether the reader asked to be taken to it, and not only passes by. */
  readonly go: boolean;

  constructor(exchange: string, go = false) {
    super(ExchangeOpened.type, { bubbles: true });
    this.exchange = exchange;
    this.go = go;
  }
}

const time = (at: string): string => at.slice(11, 19);
export const toneOf = (status: number | undefined): string =>
  status === undefined ? 'quiet' : status >= 500 ? 'bad' : status >= 400 ? 'warn' : 'good';

/** AA and CA are good, AE and CE for the sender to put right, AR and CR not accepted. */
export const toneOfCode = (code: string): string => (code.endsWith('A') ? 'good' : code.endsWith('E') ? 'warn' : 'bad');

const isAsked = ({ kind }: Line): boolean => kind === 'http' || kind === 'mllp';
const isAnswered = ({ status, code }: Line): boolean => status !== undefined || code !== undefined;

/** A request that came to nothing, and says why, is as bad as an error. */
const lineTone = (line: Line): string => {
  if (line.code !== undefined) return toneOfCode(line.code);
  return isAsked(line) && !isAnswered(line) && line.note !== undefined ? 'bad' : toneOf(line.status);
};

/** Which rule it was is in the inspector, and on hover. */
const withoutId = (fault: string): string => fault.replaceAll(/ \(fault-[^)]*\)/g, '');

/** On the middle of an arrow: a letter for what lay in a queue, a frame for HL7 v2; nothing for HTTP. */
const sign = ({ id }: Way, x: number): TemplateResult | typeof nothing => {
  if (id === 'http') return nothing;
  const inside = id === 'queue' ? `M${x - 7} 12l7 5 7 -5` : `M${x - 4} 12v8M${x + 4} 12v8`;
  return svg`<rect class="fp-arrow__sign" x=${x - 7} y="11.500" width="14" height="9"></rect><path class="fp-arrow fp-arrow--tip" d=${inside}></path>`;
};

/** As high as the rows that are not there. An attribute, because the CSP allows no style attribute, which styleMap begins with. */
const spacer = (height: number): TemplateResult =>
  html`<svg class="fp-journal__spacer" width="1" height=${height} aria-hidden="true"></svg>`;

/** The live sequence: one row for each exchange, drawn between the lanes; only the rows in view are in the document. */
export class Journal extends LitElement {
  static override properties: PropertyDeclarations = {
    lines: { attribute: false },
    version: { type: Number },
    participants: { attribute: false },
    selected: { type: String },
    filter: { state: true },
    said: { state: true },
    scrolled: { state: true },
  };
  declare lines: readonly Line[];
  declare version: number;
  declare participants: readonly Participant[];
  declare selected: string | undefined;
  declare filter: string;
  declare said: string;
  declare scrolled: number;
  private following = true;
  private shown: readonly Line[] = [];

  constructor() {
    super();
    this.lines = [];
    this.version = 0;
    this.participants = [];
    this.filter = '';
    this.said = '';
    this.scrolled = 0;
  }

  protected override createRenderRoot(): this {
    return this;
  }

  private get list(): HTMLElement | null {
    return this.querySelector<HTMLElement>('.fp-journal__list');
  }

  protected override updated(changed: PropertyValues<this>): void {
    const { list } = this;
    if (list === null) return;
    if (this.following && (changed.has('version') || changed.has('filter'))) list.scrollTop = list.scrollHeight;
  }

  private onScroll(): void {
    const { list } = this;
    if (list === null) return;
    this.scrolled = list.scrollTop;
    this.following = list.scrollTop + list.clientHeight >= list.scrollHeight - ROW;
  }

  private open(index: number, go = false): void {
    const line = this.shown[Math.max(0, Math.min(this.shown.length - 1, index))];
    if (line === undefined) return;
    this.dispatchEvent(new ExchangeOpened(line.id, go));
    const { list } = this;
    if (list === null) return;
    const top = this.shown.indexOf(line) * ROW;
    if (top < list.scrollTop) list.scrollTop = top;
    else if (top + ROW > list.scrollTop + list.clientHeight) list.scrollTop = top + ROW - list.clientHeight;
  }

  private onKey(event: KeyboardEvent): void {
    const at = this.shown.findIndex((line) => line.id === this.selected);
    const page = Math.max(1, Math.floor((this.list?.clientHeight ?? ROW) / ROW) - 1);
    const targets: Readonly<Record<string, number>> = {
      ArrowDown: at + 1,
      ArrowUp: at < 0 ? this.shown.length - 1 : at - 1,
      PageDown: at + page,
      PageUp: at - page,
      Home: 0,
      End: this.shown.length - 1,
      Enter: at,
    };
    const target = targets[event.key];
    if (target === undefined) return;
    event.preventDefault();
    this.open(target, event.key === 'Enter');
  }

  private arrows(line: Line, lanes: readonly LaneHead[]): TemplateResult {
    const { width } = laneWidth(lanes.length);
    const x = (name: string): number => (lanes.findIndex((lane) => lane.name === name) + 0.5) * width;
    const [from, to] = [x(line.from), x(line.to)];
    const rails = lanes.map(
      (_, index) =>
        svg`<line class="fp-rail" x1=${(index + 0.5) * width} x2=${(index + 0.5) * width} y1="0" y2=${ROW}></line>`,
    );
    const self = from === to;
    const way = wayOf(line);
    const direction = to > from ? 1 : -1;
    const drawn = self
      ? svg`<circle class="fp-arrow__dot" cx=${from} cy=${ROW / 2} r="6"></circle>${sign(way, from + 18)}`
      : svg`
        <path class=${`fp-arrow fp-arrow--${way.id}`} d=${`M${from} 16H${to - direction * 3}`}></path><path class="fp-arrow__head" d=${`M${to} 16l${-direction * 8} -4.500v9z`}></path>${sign(way, (from + to) / 2)}
        ${!isAnswered(line) ? nothing : svg`<path class="fp-arrow fp-arrow--reply" d=${`M${to} 29H${from + direction * 3}`}></path><path class="fp-arrow fp-arrow--tip" d=${`M${from + direction * 7} 25l${-direction * 6} 4 ${direction * 6} 4`}></path>`}`;
    return html`<svg class=${`fp-tone--${line.fault === undefined ? lineTone(line) : 'bad'}`} width=${lanes.length * width} height=${ROW} aria-hidden="true">${rails}${drawn}</svg>`;
  }

  private row(
    line: Line,
    index: number,
    lanes: readonly LaneHead[],
    titles: ReadonlyMap<string, string>,
  ): TemplateResult {
    // Why there was none is a sentence: it would run over the rows around it, so it is said and shown on hover only.
    const unanswered = isAsked(line) && !isAnswered(line) ? line.note : undefined;
    const open = isAsked(line) ? '…' : line.kind;
    const way = wayOf(line);
    const status = line.status ?? line.code ?? (unanswered === undefined ? open : 'no reply');
    const day = dayBegun(this.shown, index);
    return html`
      <div class="fp-journal__row" role="option" id=${`x-${line.id}`} aria-selected=${line.id === this.selected ? 'true' : 'false'} aria-setsize=${this.shown.length} aria-posinset=${index + 1} @click=${() => this.open(index)}>
        <span class="fp-journal__time">${day === undefined ? nothing : html`<b>${day}</b> `}${time(line.at)}</span>
        ${this.arrows(line, lanes)}
        <span class=${line.fault === undefined ? 'fp-journal__label' : 'fp-journal__label fp-journal__label--struck'}><span class="fp-journal__text">${way.word === '' ? nothing : html`<span class="fp-journal__way">${way.word}</span> `}<span class="fp-journal__who">${titles.get(line.from)} <span aria-hidden="true">→</span><span class="nhsuk-u-visually-hidden">to</span> ${titles.get(line.to)} </span>${line.label}${line.claimed ? html` <span class="fp-quiet">(claimed)</span>` : nothing}</span>${line.fault === undefined ? nothing : html` <span class="fp-journal__fault" title=${line.fault}>⚡ ${withoutId(line.fault)}</span>`}</span>
        <span class=${`fp-journal__status fp-tone--${lineTone(line)}`} title=${unanswered ?? nothing}>${status}${unanswered === undefined ? nothing : html`<span class="nhsuk-u-visually-hidden">: ${unanswered}</span>`}</span>
      </div>`;
  }

  protected override render(): TemplateResult {
    this.shown = this.filter.trim() === '' ? this.lines : this.lines.filter((line) => matches(line, this.filter));
    const lanes = lanesOf(this.participants, this.lines);
    const titles = new Map(lanes.map((lane) => [lane.name, lane.title]));
    const { first, last } = visibleRows(this.shown.length, ROW, this.scrolled, this.list?.clientHeight || 800);
    const total = this.lines.length;
    const inView = this.shown.slice(first, last).some((line) => line.id === this.selected);
    return html`
      <div class="fp-journal__bar">
        <label class="nhsuk-label" for="journal-filter">Filter</label>
        <input class="nhsuk-input" id="journal-filter" autocomplete="off" spellcheck="false" placeholder="patch 412 provider" .value=${this.filter}
          @input=${(event: InputEvent) => {
            if (!(event.target instanceof HTMLInputElement)) return;
            this.filter = event.target.value;
            // Said when the reader filters, and not for every exchange that arrives.
            this.said = `${this.lines.filter((line) => matches(line, this.filter)).length} exchanges match`;
          }}>
        <span class="fp-quiet">${this.filter.trim() === '' ? `${total} exchange${total === 1 ? '' : 's'}` : `${this.shown.length} of ${total}`}</span>
      </div>
      <p class="fp-quiet fp-journal__key">Solid arrows are HTTP, dotted ones went through a queue, dash-dotted ones are HL7 v2 over MLLP.</p>
      <p class="nhsuk-u-visually-hidden" role="status">${this.said}</p>
      <p class="nhsuk-u-visually-hidden" id="journal-keys">Arrow keys choose an exchange, Enter goes to the inspector.</p>
      <div class="fp-journal__list" role=${this.shown.length === 0 ? 'group' : 'listbox'} tabindex="0" aria-label="Exchanges" aria-describedby="journal-keys" aria-activedescendant=${inView && this.selected !== undefined ? `x-${this.selected}` : nothing} @scroll=${this.onScroll} @keydown=${this.onKey}>
        <div class=${`fp-journal__heads fp-journal__heads--${laneWidth(lanes.length).step}`} aria-hidden="true"><span class="fp-journal__time">Time</span>${lanes.map((lane) => html`<span class="fp-journal__head">${lane.title}</span>`)}</div>
        ${total === 0 ? html`<p class="fp-journal__empty" role="presentation">Nothing has been sent yet. Copy a command, tell a participant to act, or play a lesson: every message appears here.</p>` : nothing}
        ${spacer(first * ROW)}
        ${this.shown.slice(first, last).map((line, offset) => this.row(line, first + offset, lanes, titles))}
        ${spacer(Math.max(0, this.shown.length - last) * ROW)}
      </div>
    `;
  }
}

customElements.define('fp-journal', Journal);
