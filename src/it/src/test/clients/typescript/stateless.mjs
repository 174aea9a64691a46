// Performs the calls in standard input (a JSON array) as the MCP revision 2026-07-28 demands, and
// writes a JSON array of their results. Arguments: the URL of the MCP server. Environment: TOKEN.
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { text } from 'node:stream/consumers';

const client = new Client(
  { name: 'gatehouse-test', version: '1' },
  { versionNegotiation: { mode: { pin: '2026-07-28' } } },
);
const transport = new StreamableHTTPClientTransport(new URL(process.argv[2]), {
  requestInit: { headers: { Authorization: `Bearer ${process.env.TOKEN}` } },
});

async function perform(call) {
  try {
    return { result: await client[call.method](call.params) };
  } catch (e) {
    return { error: { message: e.message } };
  }
}

const calls = JSON.parse(await text(process.stdin));
await client.connect(transport);
const results = [];
for (const call of calls) {
  results.push(await perform(call));
}
await client.close();
console.log(JSON.stringify(results));
