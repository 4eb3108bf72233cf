export interface Token {
  readonly kind: 'key' | 'string' | 'number' | 'word' | 'mark';
  readonly text: string;
}

const PATTERN = /("(?:[^"\\]|\\.)*")(\s*:)?|(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|(true|false|null)|([^"\d\w-]+|.)/g;

/** JSON text as tokens for colouring; what is joined again is the same text. */
export const jsonTokens = (text: string): Token[] => {
  const tokens: Token[] = [];
  for (const [whole, quoted, colon, number, word] of text.matchAll(PATTERN)) {
    if (quoted !== undefined) {
      tokens.push({ kind: colon === undefined ? 'string' : 'key', text: quoted });
      if (colon !== undefined) tokens.push({ kind: 'mark', text: colon });
    } else tokens.push({ kind: number !== undefined ? 'number' : word !== undefined ? 'word' : 'mark', text: whole });
  }
  return tokens;
};

const isJson = (text: string): boolean => {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null;
  } catch {
    return false;
  }
};

const PIECE = /"(?:[^"\\]|\\.)*"|[^\s"{}[\],:]+|[{}[\],:]/g;

/**
 * The same JSON, indented; undefined if it is none. Numbers and strings stay as they were written: FHIR R4
 * datatypes.html#decimal lets 1.10 mean something else than 1.1, so it is not parsed and printed.
 */
export const prettyJson = (text: string): string | undefined => {
  if (!isJson(text)) return undefined;
  const pieces = text.match(PIECE) ?? [];
  let depth = 0;
  let out = '';
  const line = (): string => `\n${'  '.repeat(depth)}`;
  pieces.forEach((piece, index) => {
    const before = pieces[index - 1];
    if (piece === '}' || piece === ']') {
      depth -= 1;
      out += before === '{' || before === '[' ? piece : line() + piece;
      return;
    }
    if (before === '{' || before === '[' || before === ',') out += line();
    out += piece === ':' ? ': ' : piece;
    if (piece === '{' || piece === '[') depth += 1;
  });
  return out;
};
