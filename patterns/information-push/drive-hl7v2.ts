import { driveIn } from '../../sandbox/conformance/drive.ts';

/** HL7 v2 is driven over MLLP alone. */
export const drive = driveIn(['hl7v2-itk'], async () => undefined);
