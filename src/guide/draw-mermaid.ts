import { marksOf, wayKey } from './mark.ts';
import { CHOICES, type Tree } from './tree.ts';

/** Mermaid ends a text at a quote, and reads `#…;` as a character, backticks as Markdown and tags as HTML. */
const quote = (text: string): string => {
  const escaped = text.replace(/["#`<>&]/g, (character) => `#${character.codePointAt(0)};`);
  return `"${escaped.replace(/\s+/g, ' ')}"`;
};

/** The tree as a Mermaid flowchart, with the route that the answers take drawn thicker. Throws as `evaluate` does. */
export const drawMermaid = (tree: Tree, answers: unknown = {}): string => {
  const marks = marksOf(tree, answers);
  // Prefixed, because an id such as `end` is a word of Mermaid's own.
  const node = (id: string): string => `question_${id.replaceAll('-', '_')}`;
  const boxes: string[] = [];
  const edges: string[] = [];
  const onRoute: string[] = [];
  const thick: number[] = [];
  for (const { id, text, answers: ways } of tree.questions) {
    boxes.push(`  ${node(id)}{{${quote(`${id}: ${text}`)}}}`);
    if (marks.answered.has(id) || marks.open === id) onRoute.push(node(id));
    for (const choice of CHOICES) {
      const { question, pattern } = ways[choice];
      const leaf = `leaf_${id.replaceAll('-', '_')}_${choice}`;
      const taken = marks.ways.get(wayKey(id, choice));
      if (pattern !== undefined) {
        const title = tree.outcomes.find((outcome) => outcome.pattern === pattern)?.title ?? pattern;
        boxes.push(`  ${leaf}([${quote(title)}])`);
        if (taken !== undefined) onRoute.push(leaf);
      }
      if (taken !== undefined) thick.push(edges.length);
      const label = choice === 'yes' ? 'Yes' : 'No';
      edges.push(
        `  ${node(id)} ${taken === 'maybe' ? '-.->' : '-->'}|${label}| ${question === undefined ? leaf : node(question)}`,
      );
    }
  }
  const styles = [
    ...(onRoute.length === 0 ? [] : ['  classDef onRoute stroke-width:4px', `  class ${onRoute.join(',')} onRoute`]),
    ...(thick.length === 0 ? [] : [`  linkStyle ${thick.join(',')} stroke-width:4px`]),
  ];
  const title = `---\ntitle: ${JSON.stringify(tree.title)}\n---`;
  return `${[title, 'flowchart LR', ...boxes, ...edges, ...styles].join('\n')}\n`;
};
