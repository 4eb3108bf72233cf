import { html, nothing, type TemplateResult } from 'lit';
import type { PatternSummary } from '../data/api-types.ts';

export interface Field {
  readonly name: string;
  readonly label: string;
  readonly hint: string;
  readonly value?: string;
  readonly type?: 'text' | 'url' | 'password';
  readonly error?: string | undefined;
}

export const textField = ({ name, label, hint, value = '', type = 'text', error }: Field): TemplateResult => {
  const id = `run-${name}`;
  const wrong = error !== undefined;
  return html`
    <div class=${wrong ? 'nhsuk-form-group nhsuk-form-group--error' : 'nhsuk-form-group'}>
      <label class="nhsuk-label" for=${id}>${label}</label>
      <div class="nhsuk-hint" id=${`${id}-hint`}>${hint}</div>
      ${wrong ? html`<span class="nhsuk-error-message" id=${`${id}-error`}><span class="nhsuk-u-visually-hidden">Error:</span> ${error}</span>` : nothing}
      <input class=${wrong ? 'nhsuk-input nhsuk-input--error' : 'nhsuk-input'} id=${id} name=${name} type=${type === 'url' ? 'text' : type} inputmode=${type === 'url' ? 'url' : nothing}
        autocomplete="off" spellcheck="false" value=${value} aria-describedby=${`${id}-hint${wrong ? ` ${id}-error` : ''}`} aria-invalid=${wrong ? 'true' : nothing}>
    </div>`;
};

export type Area = Pick<Field, 'name' | 'label' | 'error'> & { readonly hint: TemplateResult };

/** Several lines, of a text that a program reads. */
export const areaField = ({ name, label, hint, error }: Area): TemplateResult => {
  const id = `run-${name}`;
  const wrong = error !== undefined;
  return html`
    <div class=${wrong ? 'nhsuk-form-group nhsuk-form-group--error' : 'nhsuk-form-group'}>
      <label class="nhsuk-label" for=${id}>${label}</label>
      <div class="nhsuk-hint" id=${`${id}-hint`}>${hint}</div>
      ${wrong ? html`<span class="nhsuk-error-message" id=${`${id}-error`}><span class="nhsuk-u-visually-hidden">Error:</span> ${error}</span>` : nothing}
      <textarea class="nhsuk-textarea fp-mono" id=${id} name=${name} rows="3" spellcheck="false" aria-describedby=${`${id}-hint${wrong ? ` ${id}-error` : ''}`} aria-invalid=${wrong ? 'true' : nothing}></textarea>
    </div>`;
};

export interface Choice {
  readonly patterns: readonly PatternSummary[];
  readonly pattern: PatternSummary;
  readonly dialect: string | undefined;
  readonly choose: (event: Event) => void;
}

export const patternFields = ({ patterns, pattern, dialect, choose }: Choice): TemplateResult => html`
  <div class="nhsuk-form-group">
    <label class="nhsuk-label" for="run-pattern">Pattern</label>
    <select class="nhsuk-select" id="run-pattern" name="pattern" @change=${choose}>
      ${patterns.map(({ id, title }) => html`<option value=${id} ?selected=${id === pattern.id}>${title}</option>`)}
    </select>
  </div>
  <div class="nhsuk-form-group">
    <label class="nhsuk-label" for="run-dialect">How your system speaks it</label>
    <select class="nhsuk-select" id="run-dialect" name="dialect">
      ${pattern.dialects.map(({ id, title }) => html`<option value=${id} ?selected=${id === dialect}>${title}</option>`)}
    </select>
  </div>`;
