import { html, LitElement, nothing, svg, type TemplateResult } from 'lit';
import type { Guide } from '../data/api-types.ts';
import { type GuideState, knownAnswers, writeState } from '../guide/guide-state.ts';
import { layoutTree, type TreeEdge, type TreeNode } from './tree-layout.ts';

const RADIUS = 13;

/** Stops short of both circles, and rounds the corner. */
const elbow = ({ from, to }: TreeEdge): string =>
  `M${from.x} ${from.y + RADIUS}V${to.y - 6}q0 6 6 6H${to.x - RADIUS - 1}`;

const LINE = 15;

const lines = (node: TreeNode, indent: number, name: string): TemplateResult[] =>
  node.lines.map(
    (line, index) =>
      svg`<text class=${name} x=${node.x + indent} y=${node.y + 4.5 + (index - (node.lines.length - 1) / 2) * LINE}>${line}</text>`,
  );

/** The decision tree, drawn from the data of the guide, with the route so far; questions on the route are links back. */
export class TreeDrawing extends LitElement {
  static override properties = {
    guide: { attribute: false },
    state: { attribute: false },
    current: { type: String },
  };
  declare guide: Guide | undefined;
  declare state: GuideState;
  declare current: string | undefined;

  constructor() {
    super();
    this.state = { answers: {}, context: {}, reasons: {} };
  }

  protected override createRenderRoot(): this {
    return this;
  }

  private edge(edge: TreeEdge): TemplateResult {
    return svg`
      <path class=${edge.onRoute ? 'fp-edge fp-edge--on' : 'fp-edge'} d=${elbow(edge)} fill="none" stroke="#6c7f7b"></path>
      <text class=${edge.onRoute ? 'fp-edge-label fp-edge-label--on' : 'fp-edge-label'} x=${edge.from.x + 5} y=${edge.to.y - 5}>${edge.label}</text>`;
  }

  private outcome(node: TreeNode): TemplateResult {
    return svg`
      <g class=${node.onRoute ? 'fp-leaf fp-leaf--on' : 'fp-leaf'}>
        <path d=${`M${node.x - RADIUS} ${node.y - 8}h12l8 8-8 8h-12z`} fill="#f3f6f4" stroke="#6c7f7b"></path>
        ${lines(node, RADIUS + 2, '')}
      </g>`;
  }

  private question(node: TreeNode): TemplateResult {
    const answer = this.state.answers[node.id];
    const classes = ['fp-node', node.onRoute ? 'fp-node--on' : '', node.current ? 'fp-node--current' : ''].join(' ');
    const drawn = svg`
      ${node.current ? svg`<circle class="fp-node__ring" cx=${node.x} cy=${node.y} r=${RADIUS + 4} fill="none"></circle>` : nothing}
      <circle class="fp-node__dot" cx=${node.x} cy=${node.y} r=${RADIUS} fill="#ffffff" stroke="#6c7f7b"></circle>
      <text class="fp-node__id" x=${node.x} y=${node.y + 4} text-anchor="middle">${node.id}</text>
      ${lines(node, RADIUS + 8, 'fp-node__text')}`;
    if (!node.onRoute || node.current || answer === undefined) return svg`<g class=${classes}>${drawn}</g>`;
    const href = `/guide${writeState({ ...this.state, at: node.id })}`;
    return svg`<a class=${classes} href=${href}>${drawn}<text class="fp-node__said" x=${node.x} y=${node.y}>, answered ${answer}, change</text></a>`;
  }

  protected override render(): unknown {
    if (this.guide === undefined) return nothing;
    const answers = knownAnswers(this.state.answers);
    const layout = layoutTree(this.guide, answers, this.current);
    const route = Object.entries(answers).map(([question, answer]) => `${question} ${answer}`);
    return html`
      <figure class="fp-figure fp-tree">
        <div class="fp-scroll" tabindex="0" role="region" aria-label="Decision tree">
          <svg viewBox=${`0 0 ${layout.width} ${layout.height}`} width=${layout.width} height=${layout.height} role="group" aria-labelledby="tree-title tree-desc">
            <title id="tree-title">The decision tree</title>
            <desc id="tree-desc">${route.length === 0 ? 'No question has been answered yet.' : `Route so far: ${route.join(', ')}.`} Each question leads by yes or no to another question or to a pattern.</desc>
            ${layout.edges.map((edge) => this.edge(edge))}
            ${layout.nodes.map((node) => (node.kind === 'question' ? this.question(node) : this.outcome(node)))}
          </svg>
        </div>
        <figcaption class="fp-figure__caption">Your route is the thick line. Questions on it are links.</figcaption>
      </figure>
    `;
  }
}

customElements.define('fp-tree', TreeDrawing);
