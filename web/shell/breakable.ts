import { html, type TemplateResult } from 'lit';

/** `Registry/repository` may break after its slash, where a narrow screen cannot hold it on one line. */
export const breakable = (title: string): TemplateResult => {
  const [first = '', ...rest] = title.split('/');
  return html`${first}${rest.map((part) => html`/<wbr>${part}`)}`;
};
