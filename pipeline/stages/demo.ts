import path from "node:path";
import { defaultModelPath } from "../default-model.ts";
import { prepareDemo } from "../demo/demo-folder.ts";
import { defineStage } from "../command-line/stage.ts";

const configFile = path.join(import.meta.dirname, "../../web-demo/vite.config.ts");

const demoModelOption = {
  model: {
    type: "string",
    describe: "exported model [that of runs/latest, else pretrained/esc10.onnx]",
  },
} as const;

export const demoStage = defineStage({
  name: "demo",
  describe: "Open the browser demo: microphone, files, WASM and WebGPU",
  options: {
    ...demoModelOption,
    port: { type: "number", default: 5173, describe: "port to serve on; the next free one, if it is taken" },
    host: {
      type: "string",
      default: "localhost",
      describe: "address to serve on; 0.0.0.0 for all of this machine's",
    },
    open: { type: "boolean", default: true, describe: "open it in the browser" },
  },
  examples: [["demo -- --model runs/latest/model.onnx", "the page with a model of yours"]],
  run: async ({ model, port, host, open }) => {
    const folder = await prepareDemo(model ?? (await defaultModelPath()));
    const { createServer } = await import("vite");
    const server = await createServer({ configFile, publicDir: folder, server: { port, host, open } });
    await server.listen();
    server.printUrls();
  },
});

export const demoBuildStage = defineStage({
  name: "demo:build",
  describe: "Write the browser demo as static files for any host",
  options: {
    ...demoModelOption,
    out: { type: "string", default: path.join("web-demo", "dist"), describe: "folder to write" },
  },
  examples: [["demo:build -- --out public", "then serve the folder public"]],
  run: async ({ model, out }) => {
    const folder = await prepareDemo(model ?? (await defaultModelPath()));
    const { build } = await import("vite");
    await build({ configFile, publicDir: folder, logLevel: "warn", build: { outDir: path.resolve(out) } });
    console.log(`${out}: serve this folder; with COOP and COEP headers, WASM computes on several threads`);
  },
});
