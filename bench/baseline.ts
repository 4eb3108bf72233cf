import express from 'express';

const bytes = Buffer.from(process.env.BASELINE_BYTES ?? '');
const type = process.env.BASELINE_TYPE ?? 'application/json';

const app = express();
app.get('/same', (_request, response) => {
  response.type(type).send(bytes);
});
app.post('/echo', express.json({ type: '*/*' }), (request, response) => {
  response.status(201).json(request.body);
});
const server = app.listen(0, '127.0.0.1', () => {
  const address = server.address();
  console.log(`baseline ready on http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`);
});
process.on('SIGTERM', () => {
  server.close();
  server.closeAllConnections();
});
