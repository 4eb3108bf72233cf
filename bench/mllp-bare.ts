import { createServer } from 'node:net';

/** A bare socket that finds the ends of frames and answers each with the same acknowledgement. */
const reply = Buffer.from('\x0bMSH|^~\\&|ROUTE|TIE|PAS|RCB|20260101||ACK^A01^ACK|1|P|2.4\rMSA|AA|1\r\x1c\r');
const server = createServer((socket) => {
  socket.setNoDelay(true);
  let rest: Buffer = Buffer.alloc(0);
  socket.on('data', (chunk: Buffer) => {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    for (let end = rest.indexOf('\x1c\r'); end >= 0; end = rest.indexOf('\x1c\r')) {
      rest = rest.subarray(end + 2);
      socket.write(reply);
    }
  });
  socket.on('error', () => undefined);
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  console.log(`ready on mllp://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`);
});
process.on('SIGTERM', () => process.exit(0));
