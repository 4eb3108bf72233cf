import { html } from 'lit';

/** Whether a body is HL7 v2: a header, with the line ends that its segments have. */
export const isHl7 = (body: string): boolean => /^(?:MSH|FHS|BHS)[!-/:-@[-`{-~]/.test(body);

/** A segment a line; the carriage return that ends it on the wire is shown, since a browser would show none. */
export const hl7Lines = (body: string): readonly { readonly text: string; readonly end: string }[] =>
  body
    .split(/(\r\n|\r|\n)/)
    .reduce<{ text: string; end: string }[]>((lines, piece, index) => {
      const last = lines.at(-1);
      if (index % 2 === 0) lines.push({ text: piece, end: '' });
      else if (last !== undefined) last.end = piece.replaceAll('\r', '␍').replaceAll('\n', '␊');
      return lines;
    }, [])
    .filter(({ text, end }) => text !== '' || end !== '');

/** The segment's name stands out, as a reader looks for it first. */
export const hl7Text = (body: string): unknown =>
  hl7Lines(body).map(
    ({ text, end }) =>
      html`<span class="fp-json--key">${text.slice(0, 3)}</span>${text.slice(3)}<span class="fp-quiet" aria-hidden="true">${end}</span>${'\n'}`,
  );

/** Bytes that are not UTF-8, as 8859/1, which HL7 v2 that is not UTF-8 mostly is. */
export const latin1Of = (base64: string): string => atob(base64);
