export interface JsonFault {
  readonly detail: string;
  /** Characters from the start, from 0. */
  readonly position: number;
  /** From 1. */
  readonly line: number;
  readonly column: number;
  /** Where in the tree, as a JSON pointer; empty at the top. */
  readonly at: string;
}

class Stop extends Error {
  readonly position: number;
  readonly at: string;
  constructor(detail: string, position: number, at: string) {
    super(detail);
    this.position = position;
    this.at = at;
  }
}

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
// biome-ignore lint/suspicious/noControlCharactersInRegex: RFC 8259 section 7 forbids these inside a string.
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const WORD = /true|false|null/y;

const pointer = (path: readonly (string | number)[]): string =>
  path.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');

/** A reader that is slow and says exactly what is wrong; it runs only once the fast one has found that something is. */
class Reader {
  readonly text: string;
  readonly maxDepth: number;
  at = 0;
  readonly path: (string | number)[] = [];
  constructor(text: string, maxDepth: number) {
    this.text = text;
    this.maxDepth = maxDepth;
  }

  stop(detail: string, position = this.at): never {
    throw new Stop(detail, position, pointer(this.path));
  }

  seen(): string {
    const rest = this.text.slice(this.at, this.at + 1);
    return rest === '' ? 'the end of the text' : JSON.stringify(rest);
  }

  space(): void {
    while (' \t\n\r'.includes(this.text.charAt(this.at)) && this.at < this.text.length) this.at++;
  }

  take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0];
    if (found !== undefined) this.at += found.length;
    return found;
  }

  string(): string {
    const start = this.at;
    const found = this.take(STRING);
    if (found === undefined) return this.stop(this.brokenString(start), start);
    const nul = found.search(/(?<=^(?:[^\\]|\\.)*)\\u0000/);
    if (nul >= 0) this.stop('The character NUL (\\u0000) is not allowed in text', start + nul);
    return JSON.parse(found);
  }

  brokenString(start: number): string {
    for (let at = start + 1; at < this.text.length; at++) {
      const code = this.text.charCodeAt(at);
      if (code === 34) return 'A string holds an escape that is not valid JSON';
      if (code < 32) return 'A string holds a line break or another control character that is not escaped';
      if (code === 92) at++;
    }
    return 'A string is not closed';
  }

  value(): void {
    this.space();
    const first = this.text.charAt(this.at);
    if (first === '{') this.nested('}', () => this.property(new Set()));
    else if (first === '[') this.nested(']', () => this.item());
    else if (first === '"') this.string();
    else if (this.take(WORD) === undefined && this.take(NUMBER) === undefined)
      this.stop(`Expected a JSON value but found ${this.seen()}`);
  }

  nested(close: string, start: () => () => void): void {
    if (this.path.length >= this.maxDepth) this.stop(`The text is nested more than ${this.maxDepth} levels deep`);
    this.at++;
    this.space();
    if (this.text.charAt(this.at) === close) {
      this.at++;
      return;
    }
    const member = start();
    for (;;) {
      member();
      this.space();
      const next = this.text.charAt(this.at);
      if (next !== ',' && next !== close) this.stop(`Expected "," or "${close}" but found ${this.seen()}`);
      this.at++;
      if (next === close) return;
      this.space();
    }
  }

  property(names: Set<string>): () => void {
    return () => {
      if (this.text.charAt(this.at) !== '"')
        this.stop(`Expected a property name in double quotes but found ${this.seen()}`);
      const start = this.at;
      const name = this.string();
      if (names.has(name)) this.stop(`The property ${JSON.stringify(name)} is named twice in one object`, start);
      names.add(name);
      this.space();
      if (this.text.charAt(this.at) !== ':') this.stop(`Expected ":" after a property name but found ${this.seen()}`);
      this.at++;
      this.path.push(name);
      this.value();
      this.path.pop();
    };
  }

  item(): () => void {
    let index = 0;
    return () => {
      this.path.push(index++);
      this.value();
      this.path.pop();
    };
  }
}

const placed = (text: string, fault: { message: string; position: number; at: string }): JsonFault => {
  const before = text.slice(0, fault.position).split('\n');
  const column = (before.at(-1)?.length ?? 0) + 1;
  return { detail: fault.message, position: fault.position, line: before.length, column, at: fault.at };
};

/** Says what is wrong with a text that is not acceptable JSON, and where. */
export const locateJsonFault = (text: string, maxDepth: number): JsonFault => {
  const reader = new Reader(text, maxDepth);
  try {
    reader.value();
    reader.space();
    if (reader.at < text.length) reader.stop(`Expected nothing more but found ${reader.seen()}`);
  } catch (error) {
    if (error instanceof Stop) return placed(text, error);
    throw error;
  }
  return placed(text, { message: 'The text is not acceptable JSON', position: 0, at: '' });
};
