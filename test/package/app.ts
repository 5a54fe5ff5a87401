const listen = `
  const classifier = await createClassifier("model.onnx");
  const [{ label, logit }] = await classifier.classify("clip.ogg");
  const answer = JSON.stringify({ label, logit, backend: classifier.backend.name });
  await classifier.dispose();`;

const page = (head: string) => `<!doctype html><title>app</title>${head}`;
const showAnswer = `${listen}
  document.title = answer;`;

/** Many files, so that threads decode some. */
const listenToMany = `
  const classifier = await createClassifier("model.onnx");
  const answers = await classifier.classifyBatch(Array(8).fill("clip.ogg"));
  const [{ label, logit }] = answers.map(({ classification }) => classification[0]).filter((best, index, all) =>
    best.logit === all[7 - index].logit);
  const answer = JSON.stringify({ label, logit, backend: classifier.backend.name });
  await classifier.dispose();`;

/** The files of a fresh app that users of the package would write, in every way that it can be loaded. */
export const app = {
  "index.mjs": `import { createClassifier } from "earshot";${listen}
  console.log(answer);`,
  "main.mjs": `import { createClassifier } from "earshot/node";${listen}
  console.log(answer);`,
  "main.cjs": `const { createClassifier } = require("earshot");
  (async () => {${listen}
  console.log(answer); })();`,
  "worker.mjs": `import { Worker, isMainThread, parentPort } from "node:worker_threads";
  import { createClassifier } from "earshot/node";
  if (isMainThread) new Worker(new URL(import.meta.url)).on("message", (answer) => console.log(answer));
  else {${listen}
  parentPort.postMessage(answer); }`,
  "many.mjs": `import { createClassifier } from "earshot/node";${listenToMany}
  console.log(answer);`,

  // The server's routes without Fastify, which this app does not have.
  "handler.mjs": `import { readFile } from "node:fs/promises";
  import { createHandler } from "earshot/server";
  const handler = await createHandler({ model: "model.onnx" });
  const body = await readFile("clip.ogg");
  const response = await handler.fetch(new Request("http://app/v1/classify?top=1", { method: "POST", body }));
  const { results: [{ labels: [{ label, logit }] }] } = await response.json();
  await handler.dispose();
  console.log(JSON.stringify({ label, logit, backend: "cpu" }));`,

  "types.mts": `import { createClassifier } from "earshot";
  import * as node from "earshot/node";
  import * as web from "earshot/web";
  import { verifyParity } from "earshot/parity";
  const classifier = await createClassifier("model.onnx");
  const [best] = await classifier.classify("dog.ogg");
  export const label: string = best.label;
  export { node, web, verifyParity };`,

  "index.html": page(`<script type="module" src="/main.js"></script>`),
  "main.js": `import { createClassifier } from "earshot";${showAnswer}`,
  "plain.html": page(`<script type="importmap">{ "imports": {
      "onnxruntime-web/wasm": "/node_modules/onnxruntime-web/dist/ort.wasm.bundle.min.mjs",
      "onnxruntime-web/webgpu": "/node_modules/onnxruntime-web/dist/ort.webgpu.bundle.min.mjs"
    } }</script>
    <script type="module">import { createClassifier } from "/node_modules/earshot/dist/browser/earshot.js";
    ${showAnswer}</script>`),
};
