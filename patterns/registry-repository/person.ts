import { NHS_NUMBER_SYSTEM } from '../../sandbox/nhs-number.ts';

/** `system|value` of whoever is meant; ten digits alone are an NHS number. */
export const personOf = (text: string): string => (/^\d{10}$/.test(text) ? `${NHS_NUMBER_SYSTEM}|${text}` : text);
