import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fetchFile, fetchTree, storeFile, storeTree, treeSchema } from "../../queue/store/artefacts.ts";
import { openStore } from "../../queue/store/open-store.ts";
import { makeFolder } from "../datasets/temporary-folder.ts";
import { missingS3, startS3, testBucket, type TestServer } from "./servers.ts";

let s3: TestServer | undefined;
beforeAll(async () => {
  if (missingS3 === undefined) s3 = await startS3();
});
afterAll(async () => {
  await s3?.stop();
});

/** The same store, opened by two machines. */
const stores = [
  ["a folder", undefined, () => makeFolder()],
  ["an S3 server", missingS3, () => `s3://${testBucket}/${path.basename(makeFolder())}`],
] as const;

for (const [name, missing, makeAddress] of stores)
  describe.skipIf(missing !== undefined)(
    `a store in ${name}${missing === undefined ? "" : `: skipped, ${missing}`}`,
    () => {
      it("has one id for all who open it", async () => {
        const address = makeAddress();
        const opened = await Promise.all([openStore(address), openStore(address), openStore(address)]);
        expect(new Set(opened.map(({ id }) => id)).size).toBe(1);
      });

      it("hands files on by their hash, and stores equal ones once", async () => {
        const { store } = await openStore(makeAddress());
        const folder = makeFolder({
          "a.bin": new Uint8Array(6_000_000).fill(7),
          "b.txt": "short",
          empty: "",
        });
        const files = [];
        for (const file of ["a.bin", "b.txt", "empty"]) {
          const artefact = await storeFile(store, path.join(folder, file));
          expect(await storeFile(store, path.join(folder, file))).toEqual(artefact);
          files.push({ path: file, ...artefact });
        }
        const tree = await storeTree(store, files);
        const target = makeFolder();
        for (const { path: file, ...artefact } of (await fetchTree(store, tree)).files)
          await fetchFile(store, artefact, path.join(target, file));
        for (const file of ["a.bin", "b.txt", "empty"])
          expect(
            (await readFile(path.join(target, file))).equals(await readFile(path.join(folder, file))),
          ).toBe(true);
      });

      it("lets one of several writers win where there is none yet", async () => {
        const { store } = await openStore(makeAddress());
        const wins = await Promise.all(["a", "b", "c"].map((text) => store.writeIfAbsent("key", text)));
        expect(wins.filter((won) => won)).toHaveLength(1);
        await store.write("key", "d");
        expect((await store.read("key"))?.toString()).toBe("d");
      });

      it("names what is missing and what was changed, and removes that", async () => {
        const { store } = await openStore(makeAddress());
        const folder = makeFolder({ "a.txt": "right" });
        const artefact = await storeFile(store, path.join(folder, "a.txt"));
        const key = `blobs/${artefact.sha256.slice(0, 2)}/${artefact.sha256}`;
        await store.write(key, "wrong");
        const target = path.join(folder, "fetched.txt");
        await expect(fetchFile(store, artefact, target)).rejects.toThrow(
          /expected 5 bytes of SHA-256 .*cut or changed/s,
        );
        await expect(readFile(target)).rejects.toThrow(/ENOENT/);
        await expect(fetchFile(store, artefact, target)).rejects.toThrow(/expected an object, got none/);
        expect(await store.read("nothing")).toBeUndefined();
        expect(await store.has(key)).toBe(false);
        await storeFile(store, path.join(folder, "a.txt"));
        await fetchFile(store, artefact, target);
        expect(await readFile(target, "utf8")).toBe("right");
      });
    },
  );

describe("an address of a store", () => {
  it.skipIf(missingS3 !== undefined)("of a bucket that is not there is refused in one line", async () => {
    await expect(openStore("s3://nowhere/earshot")).rejects.toThrow(
      /^--store s3:\/\/nowhere\/earshot: expected a bucket, got none of that name; create it first$/,
    );
  });

  it("that is none is refused in one line", async () => {
    await expect(openStore("s3://UPPER")).rejects.toThrow(/^--store: expected s3:\/\/bucket or s3:/);
    await expect(openStore("ftp://box/files")).rejects.toThrow(/^--store: expected s3:/);
    const file = path.join(makeFolder(), "file");
    await writeFile(file, "in the way");
    await expect(openStore(file)).rejects.toThrow(/expected a folder, got/);
  });
});

describe("a list of files", () => {
  it.each(["../up", "/root", "a/../../up", "C:/windows", "a\\..\\b", "", "a//b", "./a"])(
    "with the path %j is refused: it would lead out of the folder",
    (file) => {
      const entry = { path: file, sha256: "0".repeat(64), bytes: 0 };
      expect(treeSchema.safeParse({ format: 1, files: [entry] }).success).toBe(false);
    },
  );
});
