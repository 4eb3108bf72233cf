import { runStandalone } from '../../sandbox/standalone-main.ts';
import { loadThisPattern } from './loaded.ts';

/** Serves this pattern by itself, once in each dialect: `node patterns/registry-repository/main.ts`. */
await runStandalone(process.env, await loadThisPattern(), { people: 40, seats: { requester: 'external' } });
