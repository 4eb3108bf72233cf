import { getAdr } from '../data/api.ts';
import type { Decision } from '../data/api-types.ts';
import { saveAs } from '../diagrams/save-as.ts';

/** The decision as an ADR in Markdown, as a file named after its title. */
export const downloadAdr = async (decision: Decision): Promise<void> => {
  const name = decision.title
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '');
  saveAs(`${name === '' ? decision.id : name}.md`, 'text/markdown', await getAdr(decision.id));
};
