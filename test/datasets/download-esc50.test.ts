import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import path from "node:path";
import { crc32 } from "node:zlib";
import { describe, expect, it, onTestFinished } from "vitest";
import { downloadEsc50 } from "../../datasets/download/download-esc50.ts";
import { makeFolder } from "./temporary-folder.ts";

/** A zip archive of stored files, written from PKWARE's APPNOTE 6.3. */
function makeZip(files: Record<string, string>): Buffer {
  const locals: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [name, content] of Object.entries(files)) {
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0); // version needed
    common.writeUInt32LE(crc32(content), 10);
    common.writeUInt32LE(content.length, 14);
    common.writeUInt32LE(content.length, 18);
    common.writeUInt16LE(name.length, 22);
    const local = Buffer.concat([Buffer.from("PK\x03\x04"), common, Buffer.from(name + content)]);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(offset, 10);
    directory.push(Buffer.from("PK\x01\x02\x14\x00"), common, tail, Buffer.from(name));
    locals.push(local);
    offset += local.length;
  }
  const listing = Buffer.concat(directory);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(Object.keys(files).length, 4);
  end.writeUInt16LE(Object.keys(files).length, 6);
  end.writeUInt32LE(listing.length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...locals, listing, Buffer.from("PK\x05\x06"), end]);
}

const rows = ["1-1-A-0.wav,1,0,dog,True,1,A", "2-2-A-10.wav,2,10,rain,False,2,A"];
const archive = makeZip({
  "ESC-50-master/meta/esc50.csv": ["filename,fold,target,category,esc10,src_file,take", ...rows].join("\n"),
  "ESC-50-master/audio/1-1-A-0.wav": "dog",
  "ESC-50-master/audio/2-2-A-10.wav": "rain".repeat(5000),
  "ESC-50-master/tests/x.py": "not wanted",
});

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

async function serve(answer: Answer): Promise<string> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("expected a port");
  return `http://127.0.0.1:${address.port}/master.zip`;
}

/** Breaks the first answer in the middle, and continues where asked to. */
function makeBreakingServer(content: Buffer, ranges: (string | undefined)[]): Answer {
  return (request, response) => {
    ranges.push(request.headers.range);
    const start = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? "")?.[1] ?? 0);
    const rest = content.subarray(start);
    response.writeHead(start > 0 ? 206 : 200, { "content-length": rest.length });
    if (ranges.length > 1) response.end(rest);
    else response.write(rest.subarray(0, rest.length / 2), () => setTimeout(() => response.destroy(), 100));
  };
}

describe("downloadEsc50", () => {
  it("goes on where it broke off, checks, and unpacks what a data set needs", async () => {
    const ranges: (string | undefined)[] = [];
    const url = await serve(makeBreakingServer(archive, ranges));
    const folder = makeFolder();
    const seen: number[] = [];
    const onProgress = (done: number, total: number | undefined): void => {
      expect(total).toBe(archive.length);
      seen.push(done);
    };
    await expect(downloadEsc50({ folder, url, onProgress })).rejects.toThrow(
      /expected a download, got a break after \d+ bytes .*the same command continues there\nWithout a network: /,
    );
    expect(readdirSync(folder)).toEqual(["ESC-50.zip.part"]);
    const root = await downloadEsc50({ folder, url, onProgress });
    expect(ranges).toEqual([undefined, `bytes=${Math.floor(archive.length / 2)}-`]);
    expect(seen.at(-1)).toBe(archive.length);
    expect(readFileSync(path.join(root, "audio/2-2-A-10.wav"), "utf8")).toBe("rain".repeat(5000));
    expect(existsSync(path.join(root, "tests"))).toBe(false);
    expect(readdirSync(folder)).toEqual(["ESC-50"]);
    expect(await downloadEsc50({ folder, url: "http://127.0.0.1:1/" })).toBe(root); // it is there
  });

  it("refuses a damaged archive by its checksums, and leaves nothing of it", async () => {
    const damaged = Buffer.from(archive);
    damaged.write("cat", damaged.indexOf("dog1-1") < 0 ? damaged.indexOf("wavdog") + 3 : 0);
    const url = await serve((_request, response) => response.end(damaged));
    const folder = makeFolder();
    await expect(downloadEsc50({ folder, url })).rejects.toThrow(
      /ESC-50.zip: expected a whole zip archive, got other bytes of ESC-50-master\/audio\/1-1-A-0.wav/,
    );
    expect(readdirSync(folder)).toEqual([]);
  });

  it("takes an archive that was put there by hand, and says so when there is no network", async () => {
    const folder = makeFolder();
    const url = "http://127.0.0.1:1/master.zip";
    await expect(downloadEsc50({ folder, url })).rejects.toThrow(
      `Without a network: fetch the archive elsewhere, put it at ${path.join(folder, "ESC-50.zip")}, and run this again.`,
    );
    writeFileSync(path.join(folder, "ESC-50.zip"), archive);
    expect(await downloadEsc50({ folder, url })).toBe(path.join(folder, "ESC-50"));
  });
});
