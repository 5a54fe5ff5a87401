import { brotliCompressSync, gzipSync } from "node:zlib";
import { createServer as createHttpServer } from "node:http";
import { once } from "node:events";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { createClassifier } from "../../runtime/node.ts";
import { classifyAnswerSchema, errorSchema } from "../../server/http/schemas.ts";
import { buildTinyModel } from "../runtime/tiny-model.ts";
import { type Body, loud, night, quiet, serveTiny, type TinyServer } from "./serve-tiny.ts";

const path = "/v1/classify";
const json = { "content-type": "application/json" };
const aNumber: unknown = expect.any(Number);
let server: TinyServer;
let files: ReturnType<typeof createHttpServer>;
let filesHost = "";

beforeAll(async () => {
  files = createHttpServer((request, response) => {
    if (request.url === "/moved") response.writeHead(302, { location: "http://127.0.0.1:1/" }).end();
    else response.end(request.url === "/loud.wav" ? loud : "text");
  });
  files.listen(0, "127.0.0.1");
  await once(files, "listening");
  const address = files.address();
  filesHost = `127.0.0.1:${typeof address === "object" ? (address?.port ?? 0) : 0}`;
  server = await serveTiny({
    maxBodyBytes: 200_000,
    maxSeconds: 8,
    maxFiles: 2,
    deadlineSeconds: 5,
    allowUrls: [filesHost],
  });
});
afterAll(async () => {
  files.close();
  await server[Symbol.asyncDispose]();
});

function form(
  ...parts: readonly (readonly [name: string, content: Uint8Array<ArrayBuffer> | string])[]
): FormData {
  const data = new FormData();
  for (const [name, content] of parts)
    data.append(
      name,
      typeof content === "string" ? content : new Blob([content]),
      ...(typeof content === "string" ? [] : ["../../etc/passwd"]),
    );
  return data;
}

describe("POST /v1/classify", () => {
  const base64 = Buffer.from(loud).toString("base64");
  it.each<[title: string, query: string, body: () => Body, headers: Record<string, string>]>([
    ["a raw body", "", () => loud, {}],
    ["a raw body as curl sends it", "", () => loud, { "content-type": "application/x-www-form-urlencoded" }],
    ["gzip", "", () => gzipSync(loud), { "content-encoding": "gzip" }],
    ["brotli", "", () => brotliCompressSync(loud), { "content-encoding": "br" }],
    ["a form", "", () => form(["file", loud]), {}],
    ["JSON with base64", "", () => JSON.stringify({ audio: base64 }), json],
    ["JSON with an allowed address", "", () => JSON.stringify({ url: `http://${filesHost}/loud.wav` }), json],
  ])("answers %s as the classifier does", async (_, query, body, headers) => {
    await using classifier = await createClassifier(buildTinyModel());
    const response = await server.post(path + query, body(), headers);
    expect(response.status).toBe(200);
    const { results } = classifyAnswerSchema.parse(await response.json());
    expect(results).toEqual([
      expect.objectContaining({
        model: "default",
        best: "loud",
        labels: [...(await classifier.classify(loud))],
      }),
    ]);
  });

  const options = { top: 1, timeline: true, events: true, embedding: true, threshold: 0.6 };
  const asText = Object.entries(options).map(([name, value]): [string, string] => [name, String(value)]);
  it.each<[title: string, query: string, body: () => Body, headers: Record<string, string>]>([
    ["the query", `?${new URLSearchParams(asText).toString()}`, () => night, {}],
    ["form fields", "", () => form(...asText, ["file", night]), {}],
    ["JSON", "", () => JSON.stringify({ ...options, audio: Buffer.from(night).toString("base64") }), json],
  ])("takes options from %s", async (_, query, body, headers) => {
    const response = await server.post(path + query, body(), headers);
    const { results } = classifyAnswerSchema.parse(await response.json());
    expect(results).toMatchObject([
      { events: [{ label: "quiet" }, { label: "loud" }, { label: "quiet" }], embedding: [aNumber] },
    ]);
    const { timeline, labels } = z
      .object({ timeline: z.array(z.unknown()), labels: z.array(z.unknown()) })
      .parse(results[0]);
    expect(timeline.length).toBeGreaterThan(10);
    expect(labels.length).toBeLessThanOrEqual(1);
  });

  it("answers several files in their order, one that is no sound among them", async () => {
    const response = await server.post(path, form(["a", loud], ["b", new Uint8Array(100)]));
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({
      results: [{ labels: [{ label: "loud" }, {}, {}] }, { error: { code: "bad-audio" } }],
    });
  });

  it("answers many requests at a time, each with its own sound", async () => {
    const bodies = Array.from({ length: 24 }, (_, index) => (index % 2 === 0 ? loud : quiet));
    const answers = await Promise.all(
      bodies.map(async (body) => (await server.post(`${path}?top=1`, body)).json()),
    );
    for (const [index, answer] of answers.entries())
      expect(answer).toMatchObject({
        results: [{ labels: [{ label: index % 2 === 0 ? "loud" : "quiet" }] }],
      });
  });

  const bomb = gzipSync(new Uint8Array(50_000_000));
  it.each<
    [
      title: string,
      query: string,
      body: () => Body,
      headers: Record<string, string>,
      status: number,
      code: string,
    ]
  >([
    ["text", "", () => "no sound at all", {}, 400, "bad-audio"],
    ["a cut file", "", () => loud.slice(0, 1000), {}, 400, "bad-audio"],
    ["an empty body", "", () => "", {}, 400, "bad-audio"],
    ["an option of a wrong type", "?top=many", () => loud, {}, 400, "bad-option"],
    ["an option out of range", "?threshold=2", () => loud, {}, 400, "bad-option"],
    ["an unknown option", "?tpo=2", () => loud, {}, 400, "bad-option"],
    ["an option given twice", "?top=1&top=2", () => loud, {}, 400, "bad-option"],
    ["an unknown model", "?model=birds", () => loud, {}, 400, "bad-model"],
    ["too many bytes", "", () => new Uint8Array(200_001), {}, 413, "too-large"],
    ["too long a sound", "", () => new Uint8Array(makeLong()), {}, 413, "too-long"],
    ["too many files", "", () => form(["a", loud], ["b", loud], ["c", loud]), {}, 413, "too-large"],
    ["too long a field", "", () => form(["model", "x".repeat(5000)], ["a", loud]), {}, 413, "too-large"],
    ["a form without a file", "", () => form(["top", "1"]), {}, 400, "bad-audio"],
    [
      "a form without a boundary",
      "",
      () => loud,
      { "content-type": "multipart/form-data" },
      400,
      "bad-request",
    ],
    [
      "a form cut off",
      "",
      () => "--x\r\nContent-Dis",
      { "content-type": "multipart/form-data; boundary=x" },
      400,
      "bad-request",
    ],
    ["JSON that is none", "", () => "{", json, 400, "bad-request"],
    ["JSON without a sound", "", () => "{}", json, 400, "bad-request"],
    ["JSON with other text than base64", "", () => '{"audio":"~~~~"}', json, 400, "bad-request"],
    [
      "an address that is not allowed",
      "",
      () => '{"url":"http://127.0.0.1:9/a"}',
      json,
      403,
      "forbidden-url",
    ],
    ["a file address", "", () => '{"url":"file:///etc/passwd"}', json, 403, "forbidden-url"],
    [
      "an address that leads elsewhere",
      "",
      () => `{"url":"http://${filesHost}/moved"}`,
      json,
      400,
      "bad-audio",
    ],
    ["an address of no sound", "", () => `{"url":"http://${filesHost}/text"}`, json, 400, "bad-audio"],
    ["an unknown encoding", "", () => loud, { "content-encoding": "zstd" }, 415, "unsupported-encoding"],
    ["other data than its encoding", "", () => loud, { "content-encoding": "gzip" }, 400, "bad-request"],
    ["a deflate bomb", "", () => bomb, { "content-encoding": "gzip" }, 413, "too-large"],
  ])("refuses %s, and goes on", async (_, query, body, headers, status, code) => {
    const response = await server.post(path + query, body(), headers);
    const refusal = errorSchema.parse(await response.json());
    expect([response.status, refusal.error.code], refusal.error.message).toEqual([status, code]);
    expect(refusal.error.requestId).toBe(response.headers.get("x-request-id"));
    expect(refusal.error.message).not.toMatch(/passwd|\.ts|node_modules|\n/);
    expect((await server.post(path, loud)).status).toBe(200);
  });

  it("stops a request at its deadline, whatever still arrives", async () => {
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        controller.enqueue(new Uint8Array(10));
      },
    });
    const response = await fetch(server.origin + path, { method: "POST", body, duplex: "half" });
    expect(response.status).toBe(408);
    expect(await response.json()).toMatchObject({ error: { code: "upload-timeout" } });
  });

  it("refuses with Retry-After when too many wait", async () => {
    await using other = await serveTiny({ maxQueue: 1 });
    const answers = await Promise.all(
      Array.from({ length: 16 }, async () => {
        const response = await other.post(path, night);
        return {
          status: response.status,
          retry: response.headers.get("retry-after"),
          body: await response.json(),
        };
      }),
    );
    const refused = answers.filter(({ status }) => status !== 200);
    expect(refused.length).toBeGreaterThan(0);
    expect(answers.length - refused.length).toBeGreaterThan(0);
    for (const answer of refused)
      expect(answer).toMatchObject({ status: 503, retry: "1", body: { error: { code: "busy" } } });
  });
});

/** 10 s of silence with a click, 8-bit at 8 kHz: short for the limit on bytes. */
function makeLong(): ArrayBuffer {
  const header = Buffer.alloc(44);
  const samples = Buffer.alloc(80_000, 128);
  samples[100] = 255;
  header.write("RIFF", 0, "latin1");
  header.writeUInt32LE(36 + samples.length, 4);
  header.write("WAVEfmt ", 8, "latin1");
  for (const [value, size, place] of [
    [16, 4, 16],
    [1, 2, 20],
    [1, 2, 22],
    [8000, 4, 24],
    [8000, 4, 28],
    [1, 2, 32],
    [8, 2, 34],
  ] as const)
    header.writeUIntLE(value, place, size);
  header.write("data", 36, "latin1");
  header.writeUInt32LE(samples.length, 40);
  return new Uint8Array(Buffer.concat([header, samples])).buffer;
}
