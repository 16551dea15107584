// The peer on Node's http: it answers what AppProgram answers.
const http = require('http');

const server = http.createServer((request, response) => {
  if (request.method === 'POST') {
    const parts = [];
    request.on('data', part => parts.push(part));
    request.on('end', () => {
      const body = Buffer.concat(parts);
      response.writeHead(200, { 'Content-Type': 'application/octet-stream', 'Content-Length': body.length });
      response.end(body);
    });
  } else {
    response.writeHead(200, { 'Content-Type': 'text/plain; charset=utf-8', 'Content-Length': 20 });
    response.end('Hello, this is plain');
  }
});
server.keepAliveTimeout = 300000; // idle connections stay open through a measurement
server.listen({ port: Number(process.argv[2]), host: '127.0.0.1', backlog: 4096 });
process.on('SIGTERM', () => process.exit(0));
