import { createReadStream, createWriteStream } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type * as S3 from "@aws-sdk/client-s3";
import { UserError } from "../../common/user-error.ts";
import { loadPackage } from "../load-package.ts";
import { showBlocks } from "./folder-store.ts";
import { StoreUnavailable, type Store } from "./store.ts";

/** Times that a request is tried again before the store counts as unavailable. */
const maxAttempts = 4;

const timeouts = { connectionTimeout: 5_000, requestTimeout: 60_000 };

/**
 * A bucket of an S3-compatible server. Credentials, region and the server's address come from where the official
 * client looks for them: the environment (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_REGION, AWS_ENDPOINT_URL),
 * the shared files in ~/.aws, or the machine's own role. They appear in no message.
 *
 *     const store = await openS3Store("s3://sounds/earshot");
 *
 * @throws UserError when there is no such bucket, or no right to it
 */
export async function openS3Store(address: string): Promise<Store> {
  const { bucket, prefix } = parseAddress(address);
  const { s3, storage } = await loadPackage(
    "--store",
    "@aws-sdk/client-s3 @aws-sdk/lib-storage",
    async () => ({
      s3: await import("@aws-sdk/client-s3"),
      storage: await import("@aws-sdk/lib-storage"),
    }),
  );
  const hasOwnServer =
    process.env.AWS_ENDPOINT_URL_S3 !== undefined || process.env.AWS_ENDPOINT_URL !== undefined;
  const client = new s3.S3Client({
    maxAttempts,
    requestHandler: timeouts,
    // Servers other than Amazon's: the bucket in the path, no checksums in trailers, any region.
    ...(hasOwnServer && { forcePathStyle: true }),
    ...(hasOwnServer && process.env.AWS_REGION === undefined && { region: "us-east-1" }),
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
  });
  const request = async <Answer>(work: () => Promise<Answer>): Promise<Answer> => {
    try {
      return await work();
    } catch (error) {
      throw describeError(address, error);
    }
  };
  const locate = (key: string) => ({ Bucket: bucket, Key: prefix === "" ? key : `${prefix}/${key}` });
  const get = async (key: string): Promise<S3.GetObjectCommandOutput["Body"]> => {
    try {
      return (await client.send(new s3.GetObjectCommand(locate(key)))).Body;
    } catch (error) {
      if (error instanceof s3.NoSuchKey) return undefined;
      throw error;
    }
  };
  await request(() => client.send(new s3.HeadBucketCommand({ Bucket: bucket })));
  return {
    address,
    has: async (key, bytes) =>
      await request(async () => {
        try {
          const { ContentLength } = await client.send(new s3.HeadObjectCommand(locate(key)));
          return bytes === undefined || ContentLength === bytes;
        } catch (error) {
          if (readStatus(error) === 404) return false;
          throw error;
        }
      }),
    read: async (key) =>
      await request(async () => {
        const body = await get(key);
        return body === undefined ? undefined : Buffer.from(await body.transformToByteArray());
      }),
    write: async (key, content) => {
      await request(() => client.send(new s3.PutObjectCommand({ ...locate(key), Body: content })));
    },
    writeIfAbsent: async (key, content) =>
      await request(async () => {
        try {
          await client.send(new s3.PutObjectCommand({ ...locate(key), Body: content, IfNoneMatch: "*" }));
          return true;
        } catch (error) {
          if (readStatus(error) === 412 || readStatus(error) === 409) return false;
          throw error;
        }
      }),
    download: async (key, file, onBlock) =>
      await request(async () => {
        const body = await get(key);
        if (body === undefined) return false;
        if (!(body instanceof Readable)) throw new Error(`${key}: expected a stream of Node's`);
        await pipeline(body, showBlocks(onBlock), createWriteStream(file));
        return true;
      }),
    upload: async (file, key) => {
      await request(async () => {
        // In parts where it is large; an upload that does not end leaves no object.
        const params = { ...locate(key), Body: createReadStream(file) };
        await new storage.Upload({ client, params, queueSize: 2 }).done();
      });
    },
    remove: async (key) => {
      await request(() => client.send(new s3.DeleteObjectCommand(locate(key))));
    },
    close: () => {
      client.destroy();
    },
  };
}

function parseAddress(address: string): { bucket: string; prefix: string } {
  const match = /^s3:\/\/(?<bucket>[a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/(?<prefix>[\w./=-]*))?$/.exec(
    address,
  );
  const { bucket, prefix = "" } = match?.groups ?? {};
  if (bucket === undefined)
    throw new UserError(
      `--store: expected s3://bucket or s3://bucket/prefix, got ${JSON.stringify(address.slice(0, 80))}`,
    );
  return { bucket, prefix: prefix.replace(/\/+$/, "") };
}

/** The file system's errors (a full disk while downloading) stay what they are. */
function describeError(address: string, error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const { name } = error;
  const status = readStatus(error);
  if (name === "NoSuchBucket" || (name === "NotFound" && status === 404))
    return new UserError(`--store ${address}: expected a bucket, got none of that name; create it first`);
  if (name === "CredentialsProviderError")
    return new UserError(
      `--store ${address}: expected credentials, got none; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or run ` +
        "where the machine has a role",
    );
  if (error.message.includes("Region is missing"))
    return new UserError(`--store ${address}: expected a region, got none; set AWS_REGION`);
  if (status === 401 || status === 403)
    return new UserError(
      `--store ${address}: expected the right to read and write the bucket, got ${name} (${status}); check the credentials`,
    );
  if (isNetworkError(error) || (status !== undefined && (status >= 500 || status === 429)))
    return new StoreUnavailable(`--store ${address}: expected an answer, got ${describeNetwork(error)}`);
  return error;
}

const networkCodes = [
  ...["ECONNREFUSED", "ECONNRESET", "ENOTFOUND", "EAI_AGAIN", "ETIMEDOUT", "EPIPE", "EHOSTUNREACH"],
  ...["ECONNABORTED", "ENETUNREACH", "ERR_STREAM_PREMATURE_CLOSE"],
];

function isNetworkError(error: Error): boolean {
  const isTimeout = error.name === "TimeoutError" || error.name === "AbortError";
  return isTimeout || networkCodes.includes(readCode(error)) || error.message.includes("socket hang up");
}

const describeNetwork = (error: Error): string =>
  [error.name, readCode(error), error.message.slice(0, 120)].filter((part) => part !== "").join(" ");

const readCode = (error: Error): string =>
  "code" in error && typeof error.code === "string" ? error.code : "";

/** HTTP status of an answer. */
function readStatus(error: unknown): number | undefined {
  if (!(error instanceof Error) || !("$metadata" in error)) return undefined;
  const { $metadata: metadata } = error;
  if (typeof metadata !== "object" || metadata === null || !("httpStatusCode" in metadata)) return undefined;
  return typeof metadata.httpStatusCode === "number" ? metadata.httpStatusCode : undefined;
}
