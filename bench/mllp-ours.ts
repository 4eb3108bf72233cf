import { hospitalPattern } from '../sandbox/hl7v2/hospital.test-data.ts';
import { startStandalone } from '../sandbox/standalone.ts';

/** One sandbox that receives HL7 v2, with its store in the file that it is given: parses, stores, journals, acknowledges. */
const log = { error: (fields: object) => console.error(fields), warn: () => undefined };
const standalone = await startStandalone(hospitalPattern, { storeUrl: `sqlite:${process.env.MLLP_STORE}`, log });
await standalone.open('bench', { dialect: 'plain', seed: 1, people: 0 });
console.log(`ready on ${await standalone.mllpUrl('bench', 'register')}`);
process.on('SIGTERM', () => {
  void standalone.close();
});
