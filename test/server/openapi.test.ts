import { Validator } from "@seriousme/openapi-schema-validator";
import { request } from "node:http";
import { once } from "node:events";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { loud, serveTiny, type TinyServer } from "./serve-tiny.ts";

const someText: unknown = expect.any(String);

const token = "a-token-of-this-test";
let server: TinyServer;
beforeAll(async () => {
  server = await serveTiny({ tokens: [token], requestsPerMinute: 60, cors: ["https://friend.example"] });
});
afterAll(() => server[Symbol.asyncDispose]());

const documentSchema = z.looseObject({ paths: z.record(z.string(), z.record(z.string(), z.unknown())) });
const read = async (path: string, init: RequestInit = {}) => fetch(server.origin + path, init);

describe("GET /openapi.json", () => {
  it("is a valid OpenAPI document that names every route", async () => {
    const document = documentSchema.parse(await (await read("/openapi.json")).json());
    const { valid, errors } = await new Validator().validate(document);
    expect(valid, JSON.stringify(errors)).toBe(true);
    expect(Object.keys(document.paths)).toEqual([
      ...["/v1/classify", "/v1/events", "/v1/stream", "/v1/models", "/healthz", "/readyz", "/metrics"],
    ]);
  });

  it("has a page that needs nothing from elsewhere", async () => {
    const page = await read("/docs");
    expect(page.headers.get("content-security-policy")).toContain("default-src 'none'");
    const links = [...(await page.text()).matchAll(/(?:src|href)="([^"]+)"/g)].map(([, link = ""]) => link);
    expect(links).toHaveLength(3);
    for (const link of links) {
      const file = await read(`/${link}`);
      expect([link, file.status]).toEqual([link, 200]);
      await file.arrayBuffer();
    }
  });
});

describe("who may ask", () => {
  const authorization = `Bearer ${token}`;
  it.each<[title: string, headers: Record<string, string>, status: number]>([
    ["no token", {}, 401],
    ["another token", { authorization: "Bearer another-token-of-nobody" }, 401],
    ["another scheme", { authorization: `Basic ${token}` }, 401],
    ["the token", { authorization }, 200],
    ["the token, from a page that is allowed", { authorization, origin: "https://friend.example" }, 200],
    ["the token, from another page", { authorization, origin: "https://elsewhere.example" }, 403],
  ])("%s", async (_, headers, status) => {
    const response = await read("/v1/models", { headers });
    expect(response.status).toBe(status);
    if (status === 401) expect(response.headers.get("www-authenticate")).toBe("Bearer");
  });

  it("answers a preflight of a page that is allowed alone", async () => {
    const ask = async (origin: string) =>
      (
        await read("/v1/classify", {
          method: "OPTIONS",
          headers: { origin, "access-control-request-method": "POST" },
        })
      ).headers.get("access-control-allow-origin");
    expect(await ask("https://friend.example")).toBe("https://friend.example");
    expect(await ask("https://elsewhere.example")).not.toBe("https://elsewhere.example");
  });

  it("takes over a request's id, unless it could break a log", async () => {
    const ask = async (id: string) =>
      (await read("/healthz", { headers: { "x-request-id": id } })).headers.get("x-request-id");
    expect(await ask("abc-123")).toBe("abc-123");
    expect(await ask("a b")).toMatch(/^[0-9a-f-]{36}$/);
  });

  it("limits the rate, but not of probes", async () => {
    const statuses: number[] = [];
    for (let count = 0; count < 70; count++) {
      const response = await read("/v1/models", { headers: { authorization } });
      statuses.push(response.status);
      if (response.status === 429) {
        expect(await response.json()).toMatchObject({ error: { code: "rate-limit" } });
        expect(response.headers.get("retry-after")).not.toBeNull();
        break;
      }
    }
    expect(statuses.at(-1)).toBe(429);
    expect((await read("/healthz")).status).toBe(200);
  });
});

describe("what is no request", () => {
  it.each([
    ["//[", 404],
    ["/%zz", 400],
    ["/v1/nothing", 404],
  ])("%s is refused as documented", async (path, status) => {
    await using other = await serveTiny();
    const asked = request({ port: other.port, host: "127.0.0.1", path });
    asked.end();
    const [response] = z
      .tuple([z.custom<NodeJS.ReadableStream & { statusCode: number }>()])
      .parse(await once(asked, "response"));
    let text = "";
    for await (const part of response) text += String(part);
    expect(response.statusCode).toBe(status);
    expect(JSON.parse(text)).toMatchObject({ error: { code: someText } });
    expect((await other.post("/v1/classify", loud)).status).toBe(200);
  });
});
