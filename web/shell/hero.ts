import { html, svg, type TemplateResult } from 'lit';

const FINGERS = [
  { text: 'Request and response', y: 44, left: false },
  { text: 'Request, reply later', y: 92, left: true },
  { text: 'Registry and repository', y: 140, left: false },
  { text: 'Shared repository', y: 188, left: true },
  { text: 'Information push', y: 236, left: false },
  { text: 'Publish and subscribe', y: 284, left: true },
] as const;

const finger = ({ text, y, left }: (typeof FINGERS)[number]): TemplateResult => {
  const length = 64 + text.length * 7.9;
  const post = 235;
  const [back, tip, sign] = left ? [post + 34, post + 34 - length, -1] : [post - 34, post - 34 + length, 1];
  return svg`
    <path class=${left ? 'fp-hero__finger fp-hero__finger--left' : 'fp-hero__finger'} d=${`M${back} ${y - 17}H${tip - sign * 17}L${tip} ${y}L${tip - sign * 17} ${y + 17}H${back}z`}></path>
    <text class="fp-hero__text" x=${(back + tip) / 2 - sign * 7} y=${y + 5} text-anchor="middle">${text}</text>`;
};

/** The picture of the home page: a fingerpost with the six patterns. Decoration; the page lists them in words. */
export const hero = (): TemplateResult => html`
  <svg class="fp-hero" viewBox="0 0 470 380" width="470" height="380" aria-hidden="true" focusable="false">
    <ellipse class="fp-hero__ground" cx="235" cy="366" rx="120" ry="9"></ellipse>
    <path class="fp-hero__post" d="M229 366V16a6 6 0 0 1 12 0v350z"></path>
    ${FINGERS.map(finger)}
  </svg>
`;
