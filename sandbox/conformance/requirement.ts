import { parse } from 'yaml';

export type Level = 'SHALL' | 'SHOULD';
export type Side = 'initiator' | 'responder';
export type Role = Side | 'both';

/** One rule of the catalogue. Ids are stable: a report of last year and one of today mean the same rule by them. */
export interface Requirement {
  readonly id: string;
  readonly level: Level;
  readonly role: Role;
  readonly statement: string;
  readonly source: string;
  /** The dialects it binds; every dialect when absent. */
  readonly dialects?: readonly string[];
  /** The level in dialects whose own source is milder or stricter. */
  readonly levels?: Readonly<Record<string, Level>>;
  /** Of whoever speaks HL7 v2 over MLLP only; whatever is said over HTTP or in messages when absent. */
  readonly over?: 'mllp';
  /** Why no check judges it; a requirement has a check or a reason, never neither. Where it binds both, for either role. */
  readonly notTested?: string | Readonly<Partial<Record<Side, string>>>;
}

const KEYS = new Set(['id', 'level', 'role', 'statement', 'source', 'dialects', 'levels', 'over', 'notTested']);
const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isLevel = (value: unknown): value is Level => value === 'SHALL' || value === 'SHOULD';
const isRole = (value: unknown): value is Role => value === 'initiator' || value === 'responder' || value === 'both';
const isText = (value: unknown): value is string => typeof value === 'string' && value.trim() !== '';
/** A reason, or for a rule that binds both a map from role to reason. */
const isReason = (value: unknown, role: unknown): value is NonNullable<Requirement['notTested']> =>
  isText(value) ||
  (role === 'both' &&
    isRecord(value) &&
    Object.entries(value).every(([side, reason]) => (side === 'initiator' || side === 'responder') && isText(reason)));

/**
 * Reads a `requirements.yaml`: a list under `requirements`. Throws an Error that lists every mistake with its place.
 * `where` is named in it.
 */
export const parseRequirements = (text: string, where: string): readonly Requirement[] => {
  const document: unknown = parse(text);
  const items: unknown = isRecord(document) ? document.requirements : undefined;
  if (!Array.isArray(items)) throw new Error(`${where}: expected a list under "requirements"`);
  const mistakes: string[] = [];
  const seen = new Set<string>();
  const found: Requirement[] = [];
  for (const [index, item] of items.entries()) {
    const place = `${where}: requirements[${index}]`;
    if (!isRecord(item)) {
      mistakes.push(`${place} is not an object`);
      continue;
    }
    const { id, level, role, statement, source, dialects, levels, over, notTested } = item;
    for (const key of Object.keys(item)) if (!KEYS.has(key)) mistakes.push(`${place}.${key} is unknown`);
    if (!isText(id) || !/^[A-Z0-9]{2,3}-\d{2}$/.test(id)) mistakes.push(`${place}.id is not like RRS-01`);
    if (isText(id) && seen.has(id)) mistakes.push(`${place}.id ${id} stands twice`);
    if (!isLevel(level)) mistakes.push(`${place}.level is neither SHALL nor SHOULD`);
    if (!isRole(role)) mistakes.push(`${place}.role is none of initiator, responder, both`);
    if (!isText(statement)) mistakes.push(`${place}.statement is missing`);
    if (!isText(source)) mistakes.push(`${place}.source is missing`);
    if (dialects !== undefined && !(Array.isArray(dialects) && dialects.every(isText)))
      mistakes.push(`${place}.dialects is not a list of ids`);
    if (levels !== undefined && !(isRecord(levels) && Object.values(levels).every(isLevel)))
      mistakes.push(`${place}.levels is not dialect: level`);
    if (over !== undefined && over !== 'mllp') mistakes.push(`${place}.over is not mllp`);
    if (notTested !== undefined && !isReason(notTested, role))
      mistakes.push(`${place}.notTested is neither a reason nor, for both roles, initiator or responder: reason`);
    if (mistakes.length > 0 || !isText(id) || !isLevel(level) || !isRole(role) || !isText(statement) || !isText(source))
      continue;
    seen.add(id);
    found.push({
      id,
      level,
      role,
      statement,
      source,
      ...(Array.isArray(dialects) ? { dialects: dialects.filter(isText) } : {}),
      ...(isRecord(levels)
        ? {
            levels: Object.fromEntries(
              Object.entries(levels).filter((entry): entry is [string, Level] => isLevel(entry[1])),
            ),
          }
        : {}),
      ...(over === 'mllp' ? { over } : {}),
      ...(isReason(notTested, role) ? { notTested } : {}),
    });
  }
  if (mistakes.length > 0) throw new Error(mistakes.join('\n'));
  return found;
};

/** The level a requirement has in a dialect, or undefined where it does not bind it. */
export const levelIn = (requirement: Requirement, dialect: string): Level | undefined =>
  requirement.dialects === undefined || requirement.dialects.includes(dialect)
    ? (requirement.levels?.[dialect] ?? requirement.level)
    : undefined;

/** Whom it binds. */
export const sidesOf = ({ role }: Requirement): readonly Side[] =>
  role === 'both' ? ['initiator', 'responder'] : [role];

/** Why no check judges it in that role. */
export const notTestedAs = ({ notTested }: Requirement, side: Side): string | undefined =>
  typeof notTested === 'object' ? notTested[side] : notTested;
