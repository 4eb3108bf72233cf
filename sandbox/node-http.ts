/**
 * What is used of `node:http`. An `import` of it has Node look at everything that it exports, `WebSocket` among that, which
 * loads all of fetch: 50 ms of the start and 13 MB of memory that nobody asked for.
 */
export const { createServer, request, STATUS_CODES } = process.getBuiltinModule('node:http');
