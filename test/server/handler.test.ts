import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createHandler, type Handler } from "../../server/index.ts";
import { GraphBuilder } from "../../onnx/graph-builder.ts";
import { buildTinyModel, createTinyMetadata, sealWhole } from "../runtime/tiny-model.ts";
import { loud, night } from "./serve-tiny.ts";

const someText: unknown = expect.any(String);

const token = "a-token-of-this-test";
const site = "http://site.example";
let folder = "";
let handler: Handler;
const errors: unknown[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "earshot-handler-"));
  await writeFile(join(folder, "model.onnx"), buildTinyModel());
  await writeFile(join(folder, "bent.onnx"), buildBentModel());
  handler = await createHandler({
    model: { tiny: join(folder, "model.onnx"), bent: join(folder, "bent.onnx") },
    prefix: "/api",
    tokens: [token],
    onError: (error) => errors.push(error),
  });
});
afterAll(async () => {
  await handler.dispose();
  await rm(folder, { recursive: true, force: true });
});

const ask = (
  path: string,
  { headers, ...init }: Omit<RequestInit, "headers"> & { headers?: Record<string, string> } = {},
) =>
  handler.fetch(
    new Request(`${site}/api${path}`, {
      ...init,
      headers: { authorization: `Bearer ${token}`, ...headers },
    }),
  );

/** A model whose logits come of no linear layer. */
function buildBentModel(): Uint8Array {
  const graph = new GraphBuilder({ name: "bent" });
  const samples = graph.addInput("samples", "float32", ["batch", "samples"]);
  const level = graph.addNode("ReduceMean", [graph.addNode("Abs", [samples])], { axes: [1], keepdims: 1 });
  const scaled = graph.addNode("MatMul", [level, graph.addConstant("w", Float32Array.of(1, 2, 3), [1, 3])]);
  graph.addOutput("logits", graph.addNode("Tanh", [scaled]), "float32", ["batch", 3]);
  graph.setMetadata("earshot", JSON.stringify(createTinyMetadata()));
  return sealWhole(graph.build());
}

describe("createHandler", () => {
  it("gives the embedding, of the tiny model the mean magnitude, and says where a model has none", async () => {
    const response = await ask("/v1/classify?embedding=true", { method: "POST", body: loud });
    expect(await response.json()).toMatchObject({ results: [{ embedding: [expect.closeTo(0.5, 4)] }] });
    const refused = await ask("/v1/classify?embedding=true&model=bent", { method: "POST", body: loud });
    expect(refused.status).toBe(400);
    expect(await refused.json()).toMatchObject({ error: { code: "bad-option" } });
  });

  it("classifies as the server does: a body, a form", async () => {
    const form = new FormData();
    form.append("top", "1");
    form.append("file", new Blob([loud]));
    for (const [path, body] of [
      ["/v1/classify?top=1", loud],
      ["/v1/classify", form],
    ] as const) {
      const response = await ask(path, { method: "POST", body });
      expect(response.status).toBe(200);
      expect(await response.json()).toMatchObject({
        results: [{ model: "tiny", labels: [{ label: "loud" }] }],
      });
    }
  });

  it("streams events", async () => {
    const response = await ask("/v1/events?threshold=0.6", { method: "POST", body: night });
    const lines = (await response.text()).trim().split("\n");
    expect(lines.map((line): unknown => JSON.parse(line))).toMatchObject([
      ...[{ type: "start" }, { label: "quiet" }, { label: "loud" }, { label: "quiet" }, { type: "end" }],
    ]);
  });

  it.each([
    ["/healthz", {}, 200],
    ["/readyz", {}, 200],
    ["/openapi.json", {}, 200],
    ["/v1/models", {}, 200],
    ["/v1/models", { headers: { authorization: "Bearer another-token-here" } }, 401],
    ["/v1/models", { headers: { origin: "https://elsewhere.example" } }, 403],
    ["/v1/models", { method: "POST" }, 405],
    ["/v1/nothing", {}, 404],
    ["/v1/classify", { method: "POST" }, 400],
    ["/v1/classify?top=0", { method: "POST", body: loud }, 400],
  ] as const)("answers %s with %o by %i", async (path, init, status) => {
    const response = await ask(path, init);
    expect(response.status).toBe(status);
    if (status >= 400) expect(await response.json()).toMatchObject({ error: { code: someText } });
  });

  it("had no fault of its own", () => {
    expect(errors).toEqual([]);
  });
});
