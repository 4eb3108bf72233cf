import { BOX, type Box, type Edge, layOut } from './layout.ts';
import { type Marks, marksOf, wayKey } from './mark.ts';
import { CHOICES, type Tree } from './tree.ts';

const MARGIN = 12;
// Presentation attributes only: under the service's CSP an inlined drawing may have no style attribute and no <style>. A
// page restyles it by class, and CSS wins over these.
const INK = { line: '#4c6272', text: '#212b32', paper: '#ffffff', leaf: '#e8edee', route: '#0b6e4f' } as const;

/** For text and for attribute values; what XML 1.0 cannot hold at all becomes the replacement character. */
const escapeXml = (text: string): string =>
  text
    .toWellFormed()
    .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '\ufffd')
    .replace(/[&<>"']/g, (character) => `&#${character.codePointAt(0)};`);

const round = (length: number): string => String(Math.round(length * 10) / 10);
const classes = (...names: (string | false | undefined)[]): string =>
  names.filter((name) => name !== false && name !== undefined).join(' ');

const drawEdge = ({ from, to, choice, offset }: Edge, marks: Marks): string => {
  const way = marks.ways.get(wayKey(from.key, choice));
  const start = { x: from.x + BOX.width, y: from.y + from.height / 2 };
  const end = { x: to.x - 2, y: to.y + to.height / 2 + offset };
  const bend = end.x - 44;
  const path = `M${round(start.x)} ${round(start.y)}H${round(bend)}V${round(end.y)}H${round(end.x)}m-7 -4l7 4l-7 4`;
  const dash = way === 'maybe' ? ' stroke-dasharray="6 4"' : '';
  return `<g class="${classes('tree-way', way === 'taken' && 'on-route', way === 'maybe' && 'may-be')}" data-way="${wayKey(from.key, choice)}">
<path d="${path}" fill="none" stroke="${way === undefined ? INK.line : INK.route}" stroke-width="${way === undefined ? 1.5 : 4}"${dash}/>
<text x="${round(bend + 6)}" y="${round(end.y - 7)}" font-size="13" font-weight="${way === undefined ? 400 : 700}" fill="${INK.text}">${choice === 'yes' ? 'Yes' : 'No'}</text>
</g>`;
};

const nameOf = (box: Box, marks: Marks): string => {
  if (box.question === undefined) return `Pattern: ${box.lines.join(' ')}`;
  const state = marks.answered.has(box.key) ? ' (answered)' : marks.open === box.key ? ' (next question)' : '';
  return `${box.key}: ${box.question.text}${state}`;
};

const drawBox = (box: Box, marks: Marks): string => {
  const on = marks.answered.has(box.key) || marks.ways.has(box.key);
  const open = marks.open === box.key && marks.answered.size > 0;
  const data = box.question === undefined ? `data-pattern="${box.pattern}"` : `data-question="${box.key}"`;
  const lines = box.lines.map((line, index) => {
    const weight = box.question !== undefined && index === 0 ? ' font-weight="700"' : '';
    return `<tspan x="${round(box.x + BOX.padding)}" y="${round(box.y + BOX.padding + 13 + index * BOX.line)}"${weight}>${escapeXml(line)}</tspan>`;
  });
  const kind = box.question === undefined ? 'tree-pattern' : 'tree-question';
  return `<g class="${classes(kind, on && 'on-route', open && 'is-next')}" ${data}>
<title>${escapeXml(nameOf(box, marks))}</title>
<rect x="${round(box.x)}" y="${round(box.y)}" width="${BOX.width}" height="${round(box.height)}" rx="${box.question === undefined ? 18 : 3}" fill="${box.question === undefined ? INK.leaf : INK.paper}" stroke="${on || open ? INK.route : INK.line}" stroke-width="${on || open ? 4 : 1.5}"${open ? ' stroke-dasharray="8 4"' : ''}/>
<text font-size="${BOX.font}" fill="${INK.text}">${lines.join(' ')}</text>
</g>`;
};

/** The picture in words: every question with where its answers lead, then the route. */
const inWords = (tree: Tree, marks: Marks): string => {
  const titles = new Map(tree.outcomes.map(({ pattern, title }) => [pattern, title]));
  const questions = tree.questions.map(({ id, text, answers }) => {
    const [yes, no] = CHOICES.map((choice) => answers[choice].question ?? titles.get(answers[choice].pattern ?? ''));
    return `${id}: ${text} Yes leads to ${yes}. No leads to ${no}.`;
  });
  const route = [...marks.ways].map(
    ([way, state]) => `${way.replace(':', ' ')}${state === 'taken' ? '' : ' (possible)'}`,
  );
  return [...questions, ...(route.length === 0 ? [] : [`The route taken: ${route.join(', ')}.`])].join(' ');
};

/**
 * The tree as a standalone SVG, left to right, with the route that the answers take. Nodes carry `data-question` or
 * `data-pattern`, ways `data-way`, and classes `on-route`, `may-be` and `is-next`. `prefix` keeps the ids of its title and
 * description apart where several are inlined in one page. Throws as `evaluate` does.
 */
export const drawSvg = (tree: Tree, answers: unknown = {}, prefix = 'tree'): string => {
  const marks = marksOf(tree, answers);
  const { boxes, edges, width, height } = layOut(tree);
  const size = { width: round(width + 2 * MARGIN), height: round(height + 2 * MARGIN) };
  const id = escapeXml(prefix);
  // Ways that are on the route come last, so that they lie on top where lines cross.
  const ways = edges.toSorted(
    (a, b) =>
      Number(marks.ways.has(wayKey(a.from.key, a.choice))) - Number(marks.ways.has(wayKey(b.from.key, b.choice))),
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" class="tree" role="group" aria-labelledby="${id}-title ${id}-words" width="${size.width}" height="${size.height}" viewBox="${-MARGIN} ${-MARGIN} ${size.width} ${size.height}" font-family="system-ui, -apple-system, 'Segoe UI', Roboto, Arial, sans-serif">
<title id="${id}-title">${escapeXml(tree.title)}</title>
<desc id="${id}-words">${escapeXml(inWords(tree, marks))}</desc>
${ways.map((edge) => drawEdge(edge, marks)).join('\n')}
${boxes.map((box) => drawBox(box, marks)).join('\n')}
</svg>
`;
};
