/** What `markup` made, which is not escaped again. */
export class Markup {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

const isForbidden = (code: number): boolean =>
  (code < 0x20 && code !== 0x9 && code !== 0xa) || (code >= 0x7f && code < 0xa0);

/** Text for HTML: what would be markup is escaped, and control characters, which HTML forbids, are replaced. */
const escaped = (text: string): string =>
  Array.from(text.toWellFormed().replaceAll('\r\n', '\n'), (char) =>
    isForbidden(char.codePointAt(0) ?? 0) ? '\uFFFD' : (ENTITIES[char] ?? char),
  ).join('');

type Part = string | number | Markup | readonly Part[] | undefined;

const rendered = (part: Part): string => {
  if (part === undefined) return '';
  if (part instanceof Markup) return part.text;
  return typeof part === 'object' ? part.map(rendered).join('') : escaped(String(part));
};

/** HTML from a template: whatever is put into it is text, unless this made it. */
export const markup = (strings: TemplateStringsArray, ...parts: readonly Part[]): Markup =>
  new Markup(strings.map((text, index) => text + rendered(parts[index])).join(''));
