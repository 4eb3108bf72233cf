/** A JSON pointer (RFC 6901) as its steps; undefined where it is malformed. */
export const parsePointer = (pointer: string): readonly string[] | undefined => {
  if (pointer === '') return [];
  if (!pointer.startsWith('/') || /~(?![01])/.test(pointer)) return undefined;
  return pointer
    .slice(1)
    .split('/')
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
};

export const printPointer = (steps: readonly (string | number)[]): string =>
  steps.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');

type Found = { readonly value: unknown } | { readonly missing: string };

const isObject = (node: unknown): node is Readonly<Record<string, unknown>> =>
  typeof node === 'object' && node !== null && !Array.isArray(node) && !JSON.isRawJSON(node);

const INDEX = /^(?:0|[1-9][0-9]{0,8})$/;

/** The member that a step names, or why there is none. */
const member = (node: unknown, step: string, at: string): Found => {
  if (Array.isArray(node)) {
    if (step === '-') return { missing: `'-' names the place after the last item of ${at}, where nothing is yet` };
    if (!INDEX.test(step)) return { missing: `'${step.slice(0, 40)}' is no index of the array ${at}` };
    if (Number(step) < node.length) return { value: node[Number(step)] };
    return { missing: `${at} has ${node.length} items, so there is no index ${step}` };
  }
  if (!isObject(node)) return { missing: `${at} is a plain value and has no '${step.slice(0, 40)}'` };
  return Object.hasOwn(node, step) ? { value: node[step] } : { missing: `${at} has no '${step.slice(0, 40)}'` };
};

const place = (steps: readonly string[]): string => (steps.length === 0 ? 'the resource' : printPointer(steps));

export const getAt = (root: unknown, steps: readonly string[]): Found => {
  let node = root;
  for (let depth = 0; depth < steps.length; depth++) {
    const found = member(node, steps[depth] ?? '', place(steps.slice(0, depth)));
    if ('missing' in found) return found;
    node = found.value;
  }
  return { value: node };
};

export type Edit =
  | { readonly kind: 'add' | 'replace'; readonly value: unknown }
  | { readonly kind: 'remove'; readonly value?: undefined };

const editArray = (node: readonly unknown[], step: string, edit: Edit, at: string): Found => {
  const index = step === '-' ? node.length : Number(step);
  if (step !== '-' && !INDEX.test(step)) return { missing: `'${step.slice(0, 40)}' is no index of the array ${at}` };
  if (edit.kind === 'add') {
    if (index <= node.length) return { value: node.toSpliced(index, 0, edit.value) };
    return { missing: `${at} has ${node.length} items, so nothing can be added at ${step}` };
  }
  const found = member(node, step, at);
  if ('missing' in found) return found;
  return { value: edit.kind === 'remove' ? node.toSpliced(index, 1) : node.with(index, edit.value) };
};

const editMember = (node: unknown, step: string, edit: Edit, at: string): Found => {
  if (Array.isArray(node)) return editArray(node, step, edit, at);
  if (!isObject(node)) return { missing: `${at} is a plain value and has no '${step.slice(0, 40)}'` };
  if (edit.kind !== 'add' && !Object.hasOwn(node, step)) return { missing: `${at} has no '${step.slice(0, 40)}'` };
  if (edit.kind !== 'remove') return { value: { ...node, [step]: edit.value } };
  const { [step]: _removed, ...rest } = node;
  return { value: rest };
};

/** A tree like `root` but for one edit; what is not on the way is shared. `add`, `replace` and `remove` as in RFC 6902. */
export const editAt = (root: unknown, steps: readonly string[], edit: Edit, depth = 0): Found => {
  const step = steps[depth];
  if (step === undefined) return edit.kind === 'remove' ? { value: undefined } : { value: edit.value };
  const at = place(steps.slice(0, depth));
  if (depth === steps.length - 1) return editMember(root, step, edit, at);
  const child = member(root, step, at);
  if ('missing' in child) return child;
  const edited = editAt(child.value, steps, edit, depth + 1);
  return 'missing' in edited ? edited : editMember(root, step, { kind: 'replace', value: edited.value }, at);
};
