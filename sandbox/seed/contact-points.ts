import { HOUSES, STREETS, type Town } from './names.ts';
import type { Random } from './random.ts';

/**
 * Telephone numbers that Ofcom keeps for drama: mobile 07700 900000-900999, London 020 7946 0000-0999, and 01632 960000-960999
 * which belongs to no place. Nobody answers them.
 */
const three = (random: Random): string => String(random.whole(0, 999)).padStart(3, '0');
export const mobile = (random: Random): string => `07700900${three(random)}`;
export const landline = (random: Random): string =>
  random.chance(0.7) ? `01632960${three(random)}` : `02079460${three(random)}`;

// e-mail addresses take plain letters only; example.com and .org are reserved (RFC 2606)
const plain = (name: string): string =>
  name
    .normalize('NFD')
    .replaceAll('ł', 'l')
    .replaceAll('Ł', 'l')
    .replaceAll('ø', 'o')
    .replaceAll('ı', 'i')
    .toLowerCase()
    .replaceAll(/[^a-z]/g, '');

export const email = (random: Random, given: string, family: string): string =>
  `${plain(given)}.${plain(family)}${random.whole(1, 99)}@example.${random.chance(0.5) ? 'com' : 'org'}`;

// The letters that may end a postcode: C I K M O V are not used there.
const INWARD = 'ABDEFGHJLNPQRSTUWXYZ';
const letter = (random: Random): string => INWARD.charAt(random.whole(0, INWARD.length - 1));

/** A well-formed postcode of the town that no Royal Mail address has: see names.ts. */
export const postcode = (random: Random, town: Town): string =>
  `${town.district} ${random.whole(1, 9)}${letter(random)}${letter(random)}`;

export const address = (
  random: Random,
  town: Town,
  use: 'home' | 'old',
  since: string,
  until?: string,
): fhir4.Address => ({
  id: random.itemId(),
  use,
  line: [
    ...(random.chance(0.3) ? [random.pick(HOUSES)] : []),
    `${random.whole(1, 180)} ${random.pick(STREETS)}`,
    town.name,
    ...(random.chance(0.5) ? [town.county] : []),
  ],
  postalCode: postcode(random, town),
  period: until === undefined ? { start: since } : { start: since, end: until },
});
