/** What a narrative may hold (R4 narrative.html, txt-1): the basic formatting of HTML 4.0, without scripts, forms or frames. */
const ELEMENTS: ReadonlySet<string> = new Set(
  (
    'a abbr acronym address area b bdo big blockquote br caption cite code col colgroup dd dfn div dl dt em h1 h2 h3 h4 h5 h6 hr i img li ' +
    'map ol p pre q samp small span strong sub sup table tbody td tfoot th thead tr tt ul var kbd ins del'
  ).split(' '),
);
const ATTRIBUTES: ReadonlySet<string> = new Set(
  (
    'abbr accesskey align alt axis bgcolor border cellhalign cellpadding cellspacing cellvalign char charoff charset cite ' +
    'class colspan compact coords dir frame headers height href hreflang hspace id lang longdesc name nowrap rel rev rowspan ' +
    'rules scope shape span src start style summary tabindex title type usemap valign value vspace width xmlns xml:lang xml:id xml:space ID'
  ).split(' '),
);

const TAG = /<(\/?)([A-Za-z][\w:.-]*)((?:\s+[\w:.-]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(\/?)>|<!--[\s\S]*?-->/y;
const ATTRIBUTE = /([\w:.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g;
const ENTITY = /&(?!(?:[A-Za-z]\w*|#\d+|#x[0-9A-Fa-f]+);)/;

const attributeFault = (attributes: string): string | undefined => {
  for (const [, name = '', double, single] of attributes.matchAll(ATTRIBUTE)) {
    if (!ATTRIBUTES.has(name)) return `must not hold the attribute ${name}`;
    const value = double ?? single ?? '';
    if (/^(?:href|src)$/.test(name) && /^\s*(?:javascript|vbscript):/i.test(value)) return 'must not hold a script';
  }
  return undefined;
};

/** What is wrong with a `div` of narrative, in words that follow its name; undefined when nothing is. */
export const checkXhtml = (value: unknown): string | undefined => {
  if (typeof value !== 'string') return 'must be a string of XHTML';
  const text = value.trim();
  if (!/^<div[\s>]/.test(text)) return 'must be one XHTML <div>';
  const open: string[] = [];
  let content = false;
  let at = 0;
  while (at < text.length) {
    if (at > 0 && open.length === 0) return 'must end where its <div> ends';
    const next = text.indexOf('<', at);
    const words = text.slice(at, next === -1 ? text.length : next);
    if (ENTITY.test(words)) return 'must write & as &amp;';
    content ||= words.trim() !== '';
    if (next === -1) break;
    TAG.lastIndex = next;
    const tag = TAG.exec(text);
    if (tag === null) return `must be well-formed XHTML (at character ${next})`;
    at = TAG.lastIndex;
    const [, closing, name, attributes = '', empty] = tag;
    if (name === undefined) continue;
    if (closing === '/') {
      if (open.pop() !== name) return `must be well-formed XHTML: </${name}> closes nothing`;
      continue;
    }
    if (!ELEMENTS.has(name)) return `must not hold the element <${name}>`;
    const fault = attributeFault(attributes);
    if (fault !== undefined) return fault;
    if (open.length === 0 && !/xmlns\s*=\s*["']http:\/\/www\.w3\.org\/1999\/xhtml["']/.test(attributes)) {
      return 'must name the namespace http://www.w3.org/1999/xhtml on its <div>';
    }
    content ||= name === 'img';
    if (empty !== '/') open.push(name);
  }
  if (open.length > 0) return `must be well-formed XHTML: <${open.at(-1)}> is not closed`;
  return content ? undefined : 'must have some content';
};
