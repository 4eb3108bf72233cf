import { zipSync } from 'fflate';
import type { Project } from './project.ts';

/** The earliest time that a zip can say (1980), in any zone: the same project gives the same bytes. */
const TIME = new Date(1980, 0, 1);

/** The project in a folder of this name. */
export const zipped = (project: Project, folder: string): Uint8Array =>
  zipSync(Object.fromEntries([...project].map(([file, bytes]) => [`${folder}/${file}`, bytes])), {
    level: 9,
    mtime: TIME,
  });
