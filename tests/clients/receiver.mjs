// Takes webhooks, answering with the given statuses in turn, then 200.
import { once } from 'node:events';
import http from 'node:http';

export const receive = async (statuses = []) => {
  const deliveries = [];
  const server = http.createServer(async (request, response) => {
    const pieces = [];
    for await (const piece of request) pieces.push(piece);
    deliveries.push({ headers: request.headers, body: Buffer.concat(pieces).toString() });
    response.writeHead(statuses.shift() ?? 200).end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { deliveries, statuses, url: `http://127.0.0.1:${server.address().port}/hook`, close: () => server.close() };
};
