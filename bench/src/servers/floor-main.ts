// The floor: what node:http itself costs. It reads every request to its end and answers without looking.
import { createServer } from 'node:http';

const XMLNS = 'http://mns.aliyuncs.com/doc/v1/';
const sent = Buffer.from(
  `<?xml version="1.0"?><Message xmlns="${XMLNS}"><MessageId>${'0'.repeat(32)}</MessageId><MessageBodyMD5>${'0'.repeat(32)}</MessageBodyMD5></Message>`,
);
const received = Buffer.from(
  `<?xml version="1.0"?><Message xmlns="${XMLNS}"><MessageId>${'0'.repeat(32)}</MessageId><ReceiptHandle>${'0'.repeat(60)}</ReceiptHandle><MessageBodyMD5>${'0'.repeat(32)}</MessageBodyMD5><MessageBody>${'x'.repeat(100)}</MessageBody><EnqueueTime>1700000000000</EnqueueTime><NextVisibleTime>1700000000000</NextVisibleTime><FirstDequeueTime>1700000000000</FirstDequeueTime><DequeueCount>1</DequeueCount><Priority>8</Priority></Message>`,
);

createServer((request, response) => {
  request.resume();
  request.once('end', () => {
    const { method } = request;
    if (method === 'DELETE') response.writeHead(204).end();
    else if (method === 'GET') {
      response.writeHead(200, { 'Content-Type': 'text/xml', 'Content-Length': received.length }).end(received);
    } else response.writeHead(201, { 'Content-Type': 'text/xml', 'Content-Length': sent.length }).end(sent);
  });
}).listen(Number(process.argv[2]), '127.0.0.1');
