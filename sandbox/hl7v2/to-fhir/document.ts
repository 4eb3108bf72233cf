import type { Conversion, Entry } from './conversion.ts';
import { isJson, type Json } from './element.ts';

const TEXT = 'text/plain; charset=utf-8';

const textOf = (content: unknown): Json | undefined => {
  const attachment = isJson(content) ? content.attachment : undefined;
  return isJson(attachment) && attachment.contentType === TEXT && typeof attachment.data === 'string'
    ? attachment
    : undefined;
};

/**
 * Several contents of a DocumentReference are one document in several formats (FHIR R4 documentreference.html). A text comes as
 * an OBX for each of its lines: those that follow one another are one content.
 */
export const completeDocument = (_: Conversion, { body, traces }: Entry): void => {
  const contents: readonly unknown[] = Array.isArray(body.content) ? body.content : [];
  if (contents.length < 2) return;
  const joined: unknown[] = [];
  const lines: Buffer[][] = [];
  /** Where each of them has gone to. */
  const places = contents.map((content) => {
    const text = textOf(content);
    const data = text === undefined ? [] : [Buffer.from(String(text.data), 'base64')];
    if (text === undefined || textOf(joined.at(-1)) === undefined) {
      joined.push(content);
      lines.push(data);
    } else lines.at(-1)?.push(...data);
    return joined.length - 1;
  });
  for (const [index, parts] of lines.entries()) {
    const text = textOf(joined[index]);
    if (text === undefined || parts.length < 2) continue;
    const whole = parts.flatMap((part, nth) => (nth === 0 ? [part] : [Buffer.from('\n'), part]));
    text.data = Buffer.concat(whole).toString('base64');
  }
  body.content = joined;
  for (const [index, trace] of traces.entries()) {
    const [, nth, rest = ''] = /^content\[(\d+)\](.*)$/.exec(trace.element) ?? [];
    if (nth !== undefined) traces[index] = { ...trace, element: `content[${places[Number(nth)]}]${rest}` };
  }
};
