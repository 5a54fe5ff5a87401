import { STATUS_CODES } from "node:http";
import * as z from "zod";
import {
  classifyAnswerSchema,
  classifyOptionsSchema,
  errorSchema,
  eventsOptionsSchema,
  modelsAnswerSchema,
  outputSchema,
  statusAnswerSchema,
} from "./schemas.ts";

type Json = Readonly<Record<string, unknown>>;

const soundFile = {
  description: "A sound file: WAV, FLAC, MP3, Ogg Vorbis or Opus.",
  schema: { type: "string", format: "binary" },
};

/** Refusals of routes that read a sound, and of those that do not. */
const guarded = [401, 403, 405, 429, 431, 500, 503] as const;
const open = [405, 429, 431, 500] as const;
const uploads = [400, 408, 413, 415, ...guarded] as const;

/** The server's OpenAPI 3.1 document, from the schemas that check requests. @param prefix where the routes are */
export function describeApi(prefix: string): Json {
  return {
    openapi: "3.1.0",
    info: { title: "earshot", version: "1", description: "Classifies sounds with ONNX models." },
    servers: [{ url: prefix === "" ? "/" : prefix }],
    security: [{}, { token: [] }],
    components: { securitySchemes: { token: { type: "http", scheme: "bearer" } } },
    paths: {
      "/v1/classify": {
        post: {
          operationId: "classify",
          summary: "Classify one sound, or several in a form",
          parameters: listParameters(classifyOptionsSchema),
          requestBody: {
            required: true,
            content: {
              "application/octet-stream": { schema: soundFile.schema },
              "audio/*": { schema: soundFile.schema },
              "multipart/form-data": {
                schema: {
                  type: "object",
                  required: ["file"],
                  properties: {
                    file: { type: "array", minItems: 1, items: soundFile.schema },
                    ...describe(classifyOptionsSchema).properties,
                  },
                },
              },
              "application/json": {
                schema: {
                  type: "object",
                  description: "Either audio or url.",
                  properties: {
                    audio: { type: "string", contentEncoding: "base64", description: "A sound file." },
                    url: {
                      type: "string",
                      format: "uri",
                      description: "Where the server downloads it, from hosts that it allows.",
                    },
                    ...describe(classifyOptionsSchema).properties,
                  },
                },
              },
            },
          },
          responses: {
            200: answer("The results, one for each sound", classifyAnswerSchema),
            ...refusals(uploads),
          },
        },
      },
      "/v1/events": {
        post: {
          operationId: "events",
          summary: "Events of a recording, while it is uploaded",
          description: "Each line is an output; the last is of type `end`, or `error`.",
          parameters: listParameters(eventsOptionsSchema),
          requestBody: {
            required: true,
            content: { "application/octet-stream": { schema: soundFile.schema } },
          },
          responses: {
            200: {
              description: "Outputs, one a line; server-sent events where `Accept` asks for them",
              content: {
                "application/x-ndjson": { schema: describe(outputSchema) },
                "text/event-stream": { schema: { type: "string" } },
              },
            },
            ...refusals(uploads),
          },
        },
      },
      "/v1/stream": {
        get: {
          operationId: "stream",
          summary: "A live sound over WebSocket",
          description:
            "First message: JSON with the samples' rate and format. Then blocks of samples as binary messages, then " +
            '`{"type":"end"}`. Answers are outputs as JSON, as the lines of /v1/events.',
          responses: { 101: { description: "Switching to WebSocket" }, ...refusals([400, 426, ...guarded]) },
        },
      },
      "/v1/models": get("models", "The models on offer", modelsAnswerSchema, guarded),
      "/healthz": get("health", "Whether the process answers", statusAnswerSchema, open),
      "/readyz": {
        get: {
          operationId: "ready",
          summary: "Whether a request would be answered now",
          responses: {
            200: answer("It would", statusAnswerSchema),
            503: answer("It would not", statusAnswerSchema),
            ...refusals(open),
          },
        },
      },
      "/metrics": {
        get: {
          operationId: "metrics",
          summary: "Counts and durations, for Prometheus",
          responses: {
            200: {
              description: "Prometheus text",
              content: { "text/plain": { schema: { type: "string" } } },
            },
            ...refusals(guarded),
          },
        },
      },
    },
  };
}

function get(operationId: string, summary: string, schema: z.ZodType, statuses: readonly number[]): Json {
  return {
    get: { operationId, summary, responses: { 200: answer(summary, schema), ...refusals(statuses) } },
  };
}

function answer(description: string, schema: z.ZodType): Json {
  return { description, content: { "application/json": { schema: describe(schema) } } };
}

function refusals(statuses: readonly number[]): Json {
  return Object.fromEntries(
    statuses.map((status) => [String(status), answer(STATUS_CODES[status] ?? "Refused", errorSchema)]),
  );
}

function listParameters(schema: z.ZodObject): Json[] {
  return Object.entries(describe(schema).properties ?? {}).map(([name, property]) => ({
    name,
    in: "query",
    required: false,
    schema: property,
  }));
}

/** As a client sends it: what has a default may be absent. */
function describe(schema: z.ZodType) {
  return z.toJSONSchema(schema, { io: "input" });
}
