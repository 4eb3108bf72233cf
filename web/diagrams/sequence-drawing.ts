import { html, LitElement, nothing, svg, type TemplateResult } from 'lit';
import type { Interaction } from '../data/api-types.ts';
import { saveAs } from './save-as.ts';
import { LANE_WIDTH, type Lane, layoutSequence, type Message, type SequenceLayout } from './sequence-layout.ts';

const LINE = 16;

const textLines = (lines: readonly string[], x: number, y: number): TemplateResult[] =>
  lines.map(
    (line, index) => svg`<text x=${x} y=${y + index * LINE} text-anchor="middle" fill="#1b2928">${line}</text>`,
  );

const laneOf = (lane: Lane, layout: SequenceLayout): TemplateResult => svg`
  <g class="fp-lane">
    <line x1=${lane.x} x2=${lane.x} y1=${layout.headHeight} y2=${layout.height} stroke="#6c7f7b" stroke-dasharray="2 5"></line>
    <rect x=${lane.x - LANE_WIDTH / 2} y="1" width=${LANE_WIDTH} height=${layout.headHeight - 2} rx="6" fill="#e2f0ec" stroke="#0f6b5c"></rect>
    ${textLines(lane.lines, lane.x, (layout.headHeight - lane.lines.length * LINE) / 2 + 12)}
  </g>`;

const head = (x: number, y: number, direction: 1 | -1, open: boolean): TemplateResult =>
  open
    ? svg`<path class="fp-message__line" d=${`M${x - direction * 9} ${y - 5}L${x} ${y}L${x - direction * 9} ${y + 5}`} fill="none" stroke="#0f6b5c" stroke-width="1.8"></path>`
    : svg`<path class="fp-message__head" d=${`M${x} ${y}l${-direction * 10} -5.500v11z`} fill="#0f6b5c"></path>`;

const note = (message: Message): TemplateResult => {
  const half = Math.max(...message.lines.map((line) => line.length)) * 3.5 + 10;
  return svg`
    <rect x=${message.textX - half} y=${message.y - 2} width=${half * 2} height=${message.height + 12} rx="3" fill="#fdf0d3" stroke="#b98a2e"></rect>
    ${textLines(message.lines, message.textX, message.y + 15)}`;
};

const arrow = (message: Message): TemplateResult => {
  const { fromX, toX, y, kind } = message;
  const dash = kind === 'reply' ? '6 4' : nothing;
  if (message.toSelf) {
    return svg`
      <path class="fp-message__line" d=${`M${fromX} ${y}h26v${message.height}h-22`} fill="none" stroke="#0f6b5c" stroke-width="1.8" stroke-dasharray=${dash}></path>
      ${head(fromX + 1, y + message.height, -1, kind === 'reply')}
      ${textLines(message.lines, message.textX + 24, y + 12)}`;
  }
  const direction = toX > fromX ? 1 : -1;
  return svg`
    ${textLines(message.lines, message.textX, y - message.height + 9)}
    <line class="fp-message__line" x1=${fromX} x2=${toX - direction * 8} y1=${y} y2=${y} stroke="#0f6b5c" stroke-width="1.8" stroke-dasharray=${dash}></line>
    ${head(toX, y, direction, kind === 'reply')}`;
};

/** The interactions of a pattern as a sequence diagram: drawn from data, readable as a list, downloadable as SVG. */
export class SequenceDrawing extends LitElement {
  static override properties = {
    participants: { attribute: false },
    interactions: { attribute: false },
    name: { type: String },
  };
  declare participants: readonly { readonly name: string; readonly title: string }[];
  declare interactions: readonly Interaction[];
  declare name: string;

  constructor() {
    super();
    this.participants = [];
    this.interactions = [];
    this.name = 'Sequence diagram';
  }

  protected override createRenderRoot(): this {
    return this;
  }

  private download(): void {
    const drawing = this.querySelector('svg');
    if (drawing === null) return;
    const copy = drawing.cloneNode(true);
    if (!(copy instanceof SVGElement)) return;
    // The page's style sheet does not travel with the file, so the typeface is said in an attribute, like the colours.
    copy.setAttribute('font-family', 'Helvetica, Arial, sans-serif');
    copy.setAttribute('font-size', '13');
    const source = new XMLSerializer().serializeToString(copy).replaceAll(/<!--.*?-->/g, '');
    saveAs(`${this.name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')}.svg`, 'image/svg+xml', source);
  }

  protected override render(): unknown {
    if (this.interactions.length === 0) return nothing;
    const layout = layoutSequence(this.participants, this.interactions);
    return html`
      <figure class="fp-figure fp-sequence">
        <div class="fp-scroll" tabindex="0" role="region" aria-label=${`${this.name}: sequence diagram`}>
          <svg xmlns="http://www.w3.org/2000/svg" viewBox=${`0 0 ${layout.width} ${layout.height}`} width=${layout.width} height=${layout.height} role="img" aria-labelledby="sequence-title sequence-desc">
            <title id="sequence-title">${this.name}: sequence diagram</title>
            <desc id="sequence-desc">${layout.messages.map((message) => `${message.number}. ${message.sentence}.`).join(' ')}</desc>
            ${layout.lanes.map((lane) => laneOf(lane, layout))}
            ${layout.messages.map((message) => svg`<g class=${`fp-message fp-message--${message.kind}`}>${message.kind === 'note' ? note(message) : arrow(message)}</g>`)}
          </svg>
        </div>
        <figcaption class="fp-figure__caption">
          Solid arrows are calls, dashed arrows replies.
          <button class="fp-link-button" type="button" @click=${this.download}>Download as SVG</button>
        </figcaption>
        <details class="nhsuk-details fp-sequence__words">
          <summary class="nhsuk-details__summary"><span class="nhsuk-details__summary-text">The diagram in words</span></summary>
          <div class="nhsuk-details__text"><ol class="nhsuk-list nhsuk-list--number">${this.words(layout)}</ol></div>
        </details>
      </figure>
    `;
  }

  private words(layout: SequenceLayout): TemplateResult[] {
    return layout.messages.map((message, index) => {
      const detail = this.interactions[index]?.detail;
      return html`<li>${message.sentence}${detail === undefined ? nothing : html`<br><span class="fp-quiet">${detail}</span>`}</li>`;
    });
  }
}

customElements.define('fp-sequence', SequenceDrawing);
