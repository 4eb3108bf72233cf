import { loadDefinitions } from '../definitions/load.ts';
import { type Condition, meets, type Scan, typesOf, weightOf } from './condition.ts';

/**
 * Composite parameters whose parts belong to the resource itself (`Observation?code-value-quantity=…$…`): each part is a
 * parameter of its own, and one resource has one of each. Those that pair values within a repeating element are not served.
 */
export const compositeParts = (type: string, code: string): readonly string[] | undefined => {
  const { search } = loadDefinitions();
  const definitions = Object.hasOwn(search, type) ? search[type] : undefined;
  const found = definitions?.find(
    (each) => each.code === code && each.type === 'composite' && each.expression === type,
  );
  return found?.components?.map((component) => component.code);
};

/** The composite parameters of a type that are served. */
export const composites = (type: string) =>
  (loadDefinitions().search[type] ?? []).filter((each) => compositeParts(type, each.code) !== undefined);

/** Resources that meet all the conditions; the first one is what is read when this drives a search. */
export const bothScan = (type: string, conditions: readonly Condition[]): Scan => {
  const [first] = conditions;
  const all: Scan = {
    table: 'fhir_resource',
    ordered: false,
    weight: conditions.reduce((sum, each) => sum + weightOf(each), 0),
    types: conditions.flatMap(typesOf),
    match: (sql, alias) =>
      `${alias}.deleted = 0${conditions.map((each) => ` and ${meets(each, sql, `${alias}.space`, `${alias}.rk`)}`).join('')}`,
  };
  if (first === undefined || first.negated || first.scans.length === 0) return all;
  return {
    ...all,
    drive: (sql, alias) => {
      const keys = first.scans.map((scan) => {
        const row = sql.alias();
        return `select ${row}.rk from ${scan.table} ${row} where ${row}.space = ${sql.space(type)} and ${(scan.drive ?? scan.match)(sql, row)}`;
      });
      return `${alias}.rk in (${keys.join(' union all ')}) and ${all.match(sql, alias)}`;
    },
  };
};
