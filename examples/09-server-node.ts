// Ask a server from Node, without a library: npx tsx examples/09-server-node.ts http://127.0.0.1:8080 dog.ogg
import { openAsBlob } from "node:fs";

const [server = "http://127.0.0.1:8080", ...paths] = process.argv.slice(2);

const form = new FormData();
for (const path of paths) form.append("file", await openAsBlob(path));

let response: Response;
for (;;) {
  response = await fetch(`${server}/v1/classify?top=1`, { method: "POST", body: form });
  if (response.status !== 503) break; // too busy: the server says when to try again
  await new Promise((resolve) => setTimeout(resolve, 1000 * Number(response.headers.get("retry-after"))));
}
if (!response.ok) throw new Error(await response.text());
console.log(JSON.stringify(await response.json()));
