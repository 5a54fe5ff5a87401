import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { Busboy, type BusboyInstance } from "@fastify/busboy";
import { RequestError } from "../request-error.ts";
import { collectBody } from "./read-body.ts";
import { jsonSoundSchema, parseInput } from "./schemas.ts";

/** A sound to classify, with the name that its sender gave it: for the log alone, where it is asked for. */
interface NamedSound {
  readonly bytes: Uint8Array;
  readonly name: string | undefined;
}

/** What a request holds: sounds, and options that stand in its body. */
export interface SoundUpload {
  readonly sounds: readonly NamedSound[];
  /** Of a form: as text. */
  readonly fields: readonly (readonly [name: string, text: string])[];
  /** Of JSON: with their types. */
  readonly options: Readonly<Record<string, unknown>>;
}

interface UploadLimits {
  readonly maxFiles: number;
  /** Downloads a sound, or refuses the address. */
  readonly download: (url: string) => Promise<Uint8Array>;
}

/** Fields of a form: options, each short. */
const maxFields = 32;
const maxFieldBytes = 4096;
const maxHeaderPairs = 32;

/**
 * Reads a body by its type: `multipart/form-data` with one or several files, JSON with a base64 field or an address, or
 * else a sound file as it is, whatever its type says: its content decides.
 * @throws RequestError
 */
export async function readSounds(
  pieces: AsyncIterable<Uint8Array>,
  contentType: string | undefined,
  limits: UploadLimits,
): Promise<SoundUpload> {
  const type = (contentType ?? "").split(";", 1)[0]?.trim().toLowerCase();
  if (type === "multipart/form-data") return readForm(pieces, contentType ?? "", limits);
  if (type === "application/json") return readJson(await collectBody(pieces), limits);
  const bytes = await collectBody(pieces);
  if (bytes.length === 0)
    throw new RequestError("bad-audio", "sound: expected a sound file, got an empty body");
  return { sounds: [{ bytes, name: undefined }], fields: [], options: {} };
}

async function readForm(
  pieces: AsyncIterable<Uint8Array>,
  contentType: string,
  { maxFiles }: UploadLimits,
): Promise<SoundUpload> {
  const sounds: Promise<NamedSound>[] = [];
  const fields: [name: string, text: string][] = [];
  const parser = openParser(contentType, maxFiles);
  const refuse = (what: string): void => {
    parser.destroy(new RequestError("too-large", `form: expected ${what}, got more`));
  };
  parser.on("file", (_, stream, filename) => {
    const sound = collectBody(stream).then((bytes) => ({ bytes, name: filename }));
    sound.catch(ignore); // awaited below
    sounds.push(sound);
  });
  parser.on("field", (name, text, _, isTextCut) => {
    if (isTextCut) refuse(`at most ${maxFieldBytes} bytes in a field`);
    fields.push([name, text]);
  });
  parser.on("filesLimit", () => {
    refuse(`at most ${maxFiles} files`);
  });
  parser.on("fieldsLimit", () => {
    refuse(`at most ${maxFields} fields`);
  });
  parser.on("partsLimit", () => {
    refuse(`at most ${maxFiles + maxFields} parts`);
  });
  try {
    await pipeline(Readable.from(pieces, { objectMode: false }), parser);
  } catch (error) {
    throw error instanceof RequestError || !isParseError(error)
      ? error
      : new RequestError("bad-request", "form: expected complete multipart/form-data", { cause: error });
  }
  if (sounds.length === 0) throw new RequestError("bad-audio", "form: expected at least one file, got none");
  return { sounds: await Promise.all(sounds), fields, options: {} };
}

function openParser(contentType: string, maxFiles: number): BusboyInstance {
  try {
    return new Busboy({
      headers: { "content-type": contentType },
      limits: {
        files: maxFiles,
        fields: maxFields,
        parts: maxFiles + maxFields,
        fieldSize: maxFieldBytes,
        fieldNameSize: 100,
        headerPairs: maxHeaderPairs,
      },
    });
  } catch (error) {
    throw new RequestError("bad-request", "Content-Type: expected multipart/form-data with a boundary", {
      cause: error,
    });
  }
}

/** An error of the parser has no code; those of streams and of an abort have. */
function isParseError(error: unknown): boolean {
  return error instanceof Error && error.name === "Error" && !("code" in error);
}

async function readJson(body: Buffer, { download }: UploadLimits): Promise<SoundUpload> {
  const { audio, url, ...options } = parseInput(jsonSoundSchema, parseJson(body), "bad-request");
  if ((audio === undefined) === (url === undefined))
    throw new RequestError("bad-request", "body: expected either audio, in base64, or url");
  const bytes = audio ?? (await download(url ?? ""));
  return { sounds: [{ bytes, name: undefined }], fields: [], options };
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString("utf8"));
  } catch (error) {
    throw new RequestError("bad-request", "body: expected JSON, found other text", { cause: error });
  }
}

function ignore(): void {
  // Deliberately empty.
}
