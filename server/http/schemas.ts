import * as z from "zod";
import { type RefusalCode, refusalStatuses, RequestError } from "../request-error.ts";
import { pcmFormatSchema } from "../engine/messages.ts";

// What requests and answers look like: the one source for checks, types and the OpenAPI document.

const model = z
  .string()
  .min(1)
  .max(64)
  .describe("Name of a model (`GET /v1/models`); the first unless given.");
const threshold = z
  .number()
  .min(0)
  .max(1)
  .describe(
    "Labels below this probability are left out and not named; an event begins where its class reaches it. The model's own, one for each class, unless given.",
  );
const hopSeconds = z
  .number()
  .min(0.01)
  .max(60)
  .describe("Time between two windows of a timeline; half of the model's window unless given.");

/** Options of `POST /v1/classify`, in the query, in form fields or in JSON. */
export const classifyOptionsSchema = z.strictObject({
  model: model.exactOptional(),
  top: z.int().min(1).max(100_000).describe("Labels in the answer; all unless given.").exactOptional(),
  threshold: threshold.exactOptional(),
  timeline: z.boolean().describe("Also the best label of every window.").default(false),
  events: z.boolean().describe("Also which class is active from when to when.").default(false),
  embedding: z
    .boolean()
    .describe(
      "Also what the model's last layer takes: sounds that are alike have embeddings near each other.",
    )
    .default(false),
  hopSeconds: hopSeconds.exactOptional(),
});

/** Options of `POST /v1/events`, in the query. */
export const eventsOptionsSchema = z.strictObject({
  model: model.exactOptional(),
  threshold: threshold.exactOptional(),
  hopSeconds: hopSeconds.exactOptional(),
});

/** First message of `WebSocket /v1/stream`. */
export const streamStartSchema = z.strictObject({
  ...pcmFormatSchema.shape,
  encoding: pcmFormatSchema.shape.encoding.default("f32le"),
  channels: pcmFormatSchema.shape.channels.default(1),
  ...eventsOptionsSchema.shape,
  timeline: z.boolean().describe("Also the best label of every window.").default(false),
  token: z.string().describe("Bearer token, for pages, which cannot set headers.").exactOptional(),
});

/** Last message of the client on `WebSocket /v1/stream`. */
export const streamEndSchema = z.strictObject({ type: z.literal("end") });

const base64 = z
  .string()
  .refine((text) => Buffer.from(text, "base64").length === countBase64Bytes(text), "expected base64")
  .transform((text) => Buffer.from(text, "base64"));

/** Body of `POST /v1/classify` in JSON, beside its options. */
export const jsonSoundSchema = z.looseObject({
  audio: base64.meta({ contentEncoding: "base64", description: "A sound file." }).exactOptional(),
  url: z
    .url()
    .max(2000)
    .describe("Where the server downloads it, from hosts that it allows.")
    .exactOptional(),
});

const modelVersion = {
  model: z.string(),
  version: z.string().describe("First 12 digits of the SHA-256 of the model file."),
};
const span = {
  startSeconds: z.number(),
  endSeconds: z.number(),
  label: z.string(),
  confidence: z.number().describe("Probability of the label, 0 to 1."),
};
const windowSpan = {
  ...span,
  label: z.string().nullable().describe("The most probable one; null in digital silence."),
  named: z
    .array(z.string())
    .readonly()
    .describe("The classes that are named: none, one, or several of a multi-label model."),
  rejected: z.boolean().describe("Whether none is named."),
};

export const errorSchema = z.object({
  error: z.object({
    code: z.enum(Object.keys(refusalStatuses)),
    message: z.string(),
    requestId: z.string().exactOptional(),
  }),
});

const soundAnswerSchema = z.object({
  ...modelVersion,
  best: z
    .string()
    .nullable()
    .describe("The class that is named; null where none reaches its threshold, and in digital silence."),
  named: z
    .array(z.string())
    .readonly()
    .describe("All that are named: none, one, or of a multi-label model several, the most probable first."),
  labels: z
    .array(z.object({ label: z.string(), index: z.int(), probability: z.number(), logit: z.number() }))
    .describe("Most probable first."),
  timeline: z.array(z.object(windowSpan)).exactOptional(),
  events: z.array(z.object(span)).exactOptional(),
  embedding: z.array(z.number()).describe("One number for each input of the last layer.").exactOptional(),
});

export const classifyAnswerSchema = z.object({
  results: z
    .array(z.union([soundAnswerSchema, errorSchema]))
    .describe(
      "One for each sound, in their order. One of several that cannot be read has an error in its place.",
    ),
});

export type ClassifyAnswer = z.infer<typeof classifyAnswerSchema>;

export const modelsAnswerSchema = z.object({
  models: z.array(
    z.object({
      ...modelVersion,
      labels: z.array(z.string()),
      sampleRateHz: z.number(),
      windowSeconds: z.number(),
      backend: z.string().describe("Execution provider that answers."),
      metadata: z.record(z.string(), z.unknown()).describe("All that the model file says of itself."),
      reloadProblem: z.string().exactOptional(),
    }),
  ),
});

export const statusAnswerSchema = z.object({ status: z.enum(["ok", "ready", "not-ready"]) });

/** A line of `/v1/events`, or a message of `/v1/stream`. */
export const outputSchema = z.discriminatedUnion("type", [
  z.object({ type: z.literal("start"), ...modelVersion }),
  z.object({ type: z.literal("event"), ...span }),
  z.object({ type: z.literal("window"), ...windowSpan }),
  z.object({ type: z.literal("error"), ...errorSchema.shape }),
  z.object({ type: z.literal("end") }).describe("All is said. A stream without it was cut off."),
]);

export type Output = z.infer<typeof outputSchema>;

/** @throws RequestError that lists every problem */
export function parseInput<Schema extends z.ZodType>(
  schema: Schema,
  content: unknown,
  code: RefusalCode = "bad-option",
): z.output<Schema> {
  const parsed = schema.safeParse(content);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(
    ({ path, message }) => `${path.join(".") || "request"}: ${message}`,
  );
  const more = problems.length > maxProblems ? ` (and ${problems.length - maxProblems} more)` : "";
  throw new RequestError(code, cut(problems.slice(0, maxProblems).join("; ") + more));
}

const maxProblems = 4;
const maxMessageLength = 400;

function cut(text: string): string {
  return text.length <= maxMessageLength ? text : `${text.slice(0, maxMessageLength - 1)}…`;
}

/**
 * Options as text, from a query or form fields, in the types of their schema: numbers and booleans are recognised by
 * their form, and the schema refuses the rest.
 * @throws RequestError for an option given twice, or one that the schema refuses
 */
export function parseTextOptions<Schema extends z.ZodObject>(
  schema: Schema,
  entries: Iterable<readonly [name: string, text: string]>,
): z.output<Schema> {
  const options = new Map<string, unknown>();
  for (const [name, text] of entries) {
    if (options.has(name))
      throw new RequestError("bad-option", cut(`${name}: expected it once, got it twice`));
    options.set(name, name === "model" ? text : readText(text));
  }
  return parseInput(schema, Object.fromEntries(options));
}

function readText(text: string): unknown {
  if (text === "true" || text === "false") return text === "true";
  return /^-?\d{1,15}(\.\d{1,15})?$/.test(text) ? Number(text) : text;
}

function countBase64Bytes(text: string): number {
  const padding = text.endsWith("==") ? 2 : text.endsWith("=") ? 1 : 0;
  return text.length % 4 === 0 ? (text.length / 4) * 3 - padding : -1;
}
