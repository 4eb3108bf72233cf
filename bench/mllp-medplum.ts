import { type Hl7MessageEvent, Hl7Server } from '@medplum/hl7';

/** The MLLP server of Medplum, which parses each message and acknowledges it; nothing is stored. */
const server = new Hl7Server((connection) => {
  connection.addEventListener('message', ({ message }: Hl7MessageEvent) => connection.send(message.buildAck()));
});
await server.start(0);
const address = server.server?.address();
console.log(`ready on mllp://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`);
process.on('SIGTERM', () => process.exit(0));
