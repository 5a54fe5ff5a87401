import type { ClipAnswer } from "../engine/engine.ts";
import { refusalStatuses, RequestError } from "../request-error.ts";
import { startDeadline } from "./deadline.ts";
import { downloadSound } from "./download-sound.ts";
import { readBody, type SoundRequest } from "./read-body.ts";
import { readSounds, type SoundUpload } from "./read-sounds.ts";
import { type ClassifyAnswer, classifyOptionsSchema, parseInput, parseTextOptions } from "./schemas.ts";
import type { Service } from "./service.ts";

/** What the log says of a request. */
export interface ClassifyReport {
  readonly sounds: number;
  readonly bytes: number;
  readonly names: readonly (string | undefined)[];
}

/**
 * `POST /v1/classify`. One sound that cannot be read is refused; one of several has its error in its place.
 * @throws RequestError, or whatever is a bug
 */
export async function classifySounds(
  { engine, options: settings, budget }: Service,
  request: SoundRequest,
  onReport: (report: ClassifyReport) => void,
): Promise<ClassifyAnswer> {
  using deadline = startDeadline(settings.deadlineSeconds, request.signal);
  const { signal } = deadline;
  const body = budget.count(readBody(request, settings.maxBodyBytes, signal));
  try {
    const upload = await readSounds(body.pieces, request.header("content-type"), {
      maxFiles: settings.maxFiles,
      download: (url) => downloadSound(url, settings.allowUrls, settings.maxBodyBytes, signal),
    });
    deadline.markUploaded();
    const { top, model, ...options } = readOptions(request.query, upload);
    onReport({
      sounds: upload.sounds.length,
      bytes: upload.sounds.reduce((sum, { bytes }) => sum + bytes.length, 0),
      names: upload.sounds.map(({ name }) => name),
    });
    const work = { ...options, maxSeconds: settings.maxSeconds };
    const answers = await Promise.allSettled(
      upload.sounds.map(({ bytes }) => engine.classify(model, { bytes, options: work }, signal)),
    );
    return {
      results: answers.map((answer) => {
        if (answer.status === "fulfilled") return shorten(answer.value, top, options.threshold);
        if (answers.length === 1 || !isOfClient(answer.reason)) throw answer.reason;
        return { error: { code: answer.reason.code, message: answer.reason.message } };
      }),
    };
  } finally {
    body.release();
  }
}

/** Without defaults, so that what JSON says is not overruled. Made once: zod compiles each schema. */
const textOptionsSchema = classifyOptionsSchema.partial();

function readOptions(query: URLSearchParams, { fields, options }: SoundUpload) {
  const fromText = parseTextOptions(textOptionsSchema, [...query, ...fields]);
  return parseInput(classifyOptionsSchema, { ...fromText, ...options });
}

function shorten(
  answer: ClipAnswer,
  top: number | undefined,
  threshold = 0,
): ClassifyAnswer["results"][number] {
  const { model, version, best, named, labels, timeline, events, embedding } = answer;
  return {
    model,
    version,
    best,
    named,
    labels: labels.filter(({ probability }) => probability >= threshold).slice(0, top),
    ...(timeline !== undefined && { timeline: [...timeline] }),
    ...(events !== undefined && { events: [...events] }),
    ...(embedding !== undefined && { embedding: [...embedding] }),
  };
}

function isOfClient(error: unknown): error is RequestError {
  return error instanceof RequestError && refusalStatuses[error.code] < 500;
}
