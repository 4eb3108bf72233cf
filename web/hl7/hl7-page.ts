import { Task, TaskStatus } from '@lit/task';
import { html, nothing, type TemplateResult } from 'lit';
import { hl7FromFhir, hl7ToFhir } from '../data/api.ts';
import type { Hl7FromFhir, Hl7ToFhir } from '../data/hl7-types.ts';
import { Page } from '../shell/page.ts';
import { failed, loading } from '../shell/states.ts';
import { EXAMPLE } from './example.ts';
import type { Link } from './links.ts';
import { placeKey } from './place-key.ts';

type Asked = { readonly way: 'to-fhir' | 'from-fhir'; readonly text: string };

interface Shown {
  readonly message: string;
  readonly resources: unknown;
  readonly links: readonly Link[];
  readonly unused: ReadonlySet<string>;
  readonly lost: readonly { readonly from: string; readonly value: string; readonly reason: string }[];
  readonly removed: readonly string[];
  /** What the other way begins with. */
  readonly result: string;
}

const ofMessage = (text: string, { bundle, lineage, dropped, removed }: Hl7ToFhir): Shown => ({
  message: text,
  resources: bundle,
  links: lineage.flatMap(({ entry, element, from }) =>
    from === undefined ? [] : [{ place: from, entry: entry ?? -1, element }],
  ),
  unused: new Set(dropped.map(({ from }) => placeKey(from))),
  lost: dropped,
  removed: removed.map(
    ({ from, resourceType, element }) => `${from} asks for ${resourceType}.${element} to be removed`,
  ),
  result: JSON.stringify(bundle, null, 2),
});

const ofResources = (text: string, { message, lineage, dropped }: Hl7FromFhir): Shown => ({
  message,
  resources: JSON.parse(text),
  links: lineage.map(({ to, entry, element }) => ({ place: to, entry, element })),
  unused: new Set(dropped.map(({ entry, element }) => `${entry} ${element}`)),
  lost: dropped.map(({ resourceType, element, value }) => ({
    from: `${resourceType}.${element}`,
    value,
    reason: 'HL7 v2 has no place for it here',
  })),
  removed: [],
  result: message.replaceAll('\r', '\n'),
});

/** HL7 v2 and FHIR side by side, either way. Nothing is stored, so what is typed is not in the address. */
export class Hl7Page extends Page {
  static override properties = { ...Page.properties, way: { state: true }, asked: { state: true } };
  declare way: Asked['way'];
  declare asked: Asked;
  private readonly task = new Task(this, {
    args: () => [this.asked] as const,
    task: async ([{ way, text }]) =>
      way === 'to-fhir' ? ofMessage(text, await hl7ToFhir(text)) : ofResources(text, await hl7FromFhir(text)),
  });

  constructor() {
    super();
    this.way = 'to-fhir';
    this.asked = { way: 'to-fhir', text: EXAMPLE };
  }

  protected override settled(): boolean {
    return this.task.status === TaskStatus.COMPLETE || this.task.status === TaskStatus.ERROR;
  }

  private submit(event: SubmitEvent): void {
    event.preventDefault();
    const field = this.querySelector<HTMLTextAreaElement>('#hl7-input');
    this.asked = { way: this.way, text: field?.value ?? '' };
  }

  /** What came out is what the other way begins with. */
  private turn(way: Asked['way']): void {
    if (way === this.way) return;
    this.way = way;
    const result = this.task.value?.result;
    const field = this.querySelector<HTMLTextAreaElement>('#hl7-input');
    if (result !== undefined && field !== null) field.value = result;
    if (result !== undefined) this.asked = { way, text: result };
  }

  private direction(way: Asked['way'], label: string): TemplateResult {
    return html`
      <div class="nhsuk-radios__item">
        <input class="nhsuk-radios__input" type="radio" name="way" id=${way} .checked=${this.way === way} @change=${() => this.turn(way)}>
        <label class="nhsuk-label nhsuk-radios__label" for=${way}>${label}</label>
      </div>`;
  }

  private form(): TemplateResult {
    const isMessage = this.way === 'to-fhir';
    return html`
      <form novalidate @submit=${this.submit}>
        <fieldset class="nhsuk-fieldset">
          <legend class="nhsuk-fieldset__legend nhsuk-fieldset__legend--s">Which way?</legend>
          <div class="nhsuk-radios nhsuk-radios--inline nhsuk-radios--small">
            ${this.direction('to-fhir', 'HL7 v2 to FHIR')} ${this.direction('from-fhir', 'FHIR to HL7 v2')}
          </div>
        </fieldset>
        <div class="nhsuk-form-group">
          <label class="nhsuk-label" for="hl7-input">${isMessage ? 'HL7 v2 message' : 'FHIR Bundle or Patient, as JSON'}</label>
          <div class="nhsuk-hint" id="hl7-hint">Synthetic people only. Nothing is kept.</div>
          <textarea class="nhsuk-textarea fp-mono" id="hl7-input" rows="8" spellcheck="false" aria-describedby="hl7-hint" .defaultValue=${EXAMPLE}></textarea>
        </div>
        <button class="nhsuk-button" type="submit">Convert</button>
      </form>`;
  }

  private outcome({ message, resources, links, unused, lost, removed }: Shown): TemplateResult {
    return html`
      <h2 class="nhsuk-heading-m">Both sides</h2>
      <fp-both-sides .message=${message} .resources=${resources} .links=${links} .unused=${unused}></fp-both-sides>
      ${removed.length === 0 ? nothing : html`<h2 class="nhsuk-heading-m">To be removed</h2><ul class="nhsuk-list nhsuk-list--bullet">${removed.map((one) => html`<li>${one}</li>`)}</ul>`}
      <h2 class="nhsuk-heading-m">Dropped (${lost.length})</h2>
      ${
        lost.length === 0
          ? html`<p class="nhsuk-body">Everything has its place on the other side.</p>`
          : html`
            <div class="fp-scroll" tabindex="0" role="region" aria-label="What was dropped">
              <table class="fp-table">
                <thead><tr><th scope="col">From</th><th scope="col">Value</th><th scope="col">Why</th></tr></thead>
                <tbody>${lost.map(({ from, value, reason }) => html`<tr><td><code>${from}</code></td><td class="fp-any">${value}</td><td>${reason}</td></tr>`)}</tbody>
              </table>
            </div>`
      }`;
  }

  protected override render(): TemplateResult {
    return html`
      <h1 class="nhsuk-heading-xl">HL7 v2 and FHIR</h1>
      <p class="nhsuk-body-l fp-reading">See what each field of a message becomes, by HL7’s own maps, and what is lost on the way.</p>
      ${this.form()}
      ${this.task.render({
        initial: () => loading('the example'),
        pending: () => loading('the other side'),
        error: (error) => failed(error),
        complete: (shown) => this.outcome(shown),
      })}
    `;
  }
}

customElements.define('fp-hl7-page', Hl7Page);
