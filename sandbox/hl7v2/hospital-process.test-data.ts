import { hospitalPattern, openHospital } from './hospital.test-data.ts';

/** The hospital as a process of its own, so that it can be killed; says the port of its register. */
const hospital = await openHospital({}, hospitalPattern, process.argv[2]);
console.log(await hospital.port());
