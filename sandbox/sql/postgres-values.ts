import type { CustomTypesConfig } from 'pg';
import type { SqlValue } from './port.ts';

const bytes = (hex: string): Uint8Array => {
  const decoded = Buffer.from(hex.slice(2), 'hex');
  return new Uint8Array(decoded.buffer, decoded.byteOffset, decoded.byteLength);
};

/** How a value that comes as text is read, by the type's object id (pg_type.dat); what is not named stays text. */
const READ: Readonly<Record<number, (text: string) => SqlValue>> = {
  16: (text) => (text === 't' ? 1 : 0), // boolean
  17: bytes, // bytea, as bytea_output = hex writes it
  20: Number, // int8
  21: Number, // int2
  23: Number, // int4
  700: Number, // float4
  701: Number, // float8
  1700: Number, // numeric, as sum(int8) is
};

const asText = (text: string): SqlValue => text;

/** Values as the port has them: numbers are numbers, flags 0 or 1, bytes Uint8Array. */
export const portValues: CustomTypesConfig = {
  getTypeParser: (oid: number) => READ[oid] ?? asText,
};
