import { randomUUID } from "node:crypto";
import * as z from "zod";
import { UserError } from "../../common/user-error.ts";
import { openFolderStore } from "./folder-store.ts";
import { openS3Store } from "./s3-store.ts";
import type { Store } from "./store.ts";

/** A store and its id: machines see the same store by different addresses. */
export interface OpenStore {
  readonly store: Store;
  readonly id: string;
}

const markKey = "earshot-store.json";
const markSchema = z.strictObject({ format: z.literal(1), id: z.uuid() });

/**
 * Opens a store by its address, `s3://bucket/prefix` or a folder; a new one gets an id.
 * @throws UserError when it cannot be used
 */
export async function openStore(address: string): Promise<OpenStore> {
  const store = /^[a-z0-9+]+:\/\//i.test(address)
    ? await openS3Store(address)
    : await openFolderStore(address);
  const mark = JSON.stringify({ format: 1, id: randomUUID() });
  const known = await store.read(markKey);
  if (known === undefined) await store.writeIfAbsent(markKey, mark);
  const content = known ?? (await store.read(markKey));
  const parsed = markSchema.safeParse(parseJson(content?.toString() ?? ""));
  if (!parsed.success)
    throw new UserError(`--store ${address}: expected a store of earshot, got ${markKey} that was changed`);
  return { store, id: parsed.data.id };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
