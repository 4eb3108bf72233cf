import { lessonsContract } from '../../../sandbox/lessons-contract.test-data.ts';
import { loadThisPattern } from '../loaded.ts';

lessonsContract(await loadThisPattern(), new URL('../scenarios/', import.meta.url));
