import { describe, expect, it } from "vitest";
import { hashGraph } from "../../onnx/read-metadata.ts";
import { ModelError } from "../../runtime/errors.ts";
import { checkDeployable, readModel } from "../../runtime/read-model.ts";
import { buildTinyModel, createTinyMetadata, failedParity, tinyFeatures } from "./tiny-model.ts";

function catchModelError(work: () => unknown): ModelError {
  try {
    work();
  } catch (error) {
    if (error instanceof ModelError) return error;
    throw error;
  }
  throw new Error("expected a ModelError, got none");
}

describe("readModel", () => {
  it("gives back what the exporter wrote", () => {
    const metadata = createTinyMetadata();
    const { seal, ...read } = readModel(buildTinyModel(metadata), "m.onnx");
    expect(read).toEqual(metadata);
    expect(seal).toMatch(/^[0-9a-f]{64}$/);
  });

  const { featureHash, ...withoutHash } = createTinyMetadata();
  it.each([
    ["text", new TextEncoder().encode("<html>not found</html>"), "not-onnx", "expected an ONNX model"],
    ["nothing", new Uint8Array(), "not-onnx", "an empty file"],
    ["half a model", buildTinyModel().slice(0, 100), "not-onnx", "expected an ONNX model"],
    ["a model of others", buildTinyModel(null), "no-metadata", "without its metadata (keys: none)"],
    ["a newer format", buildTinyModel({ format: 4 }), "newer-format", "got format 4; update earshot"],
    ["a missing field", buildTinyModel(withoutHash), "bad-metadata", "featureHash"],
    [
      "a setting of newer features",
      buildTinyModel({ ...createTinyMetadata(), features: { ...tinyFeatures, whitening: true } }),
      "other-features",
      "features",
    ],
    [
      "a hash of other features",
      buildTinyModel(createTinyMetadata({ featureHash: "0123456789abcdef" })),
      "other-features",
      `expected features with hash ${featureHash}, which this program makes, got 0123456789abcdef`,
    ],
  ])("refuses %s by name, with a code", (_, bytes, code, text) => {
    const error = catchModelError(() => readModel(bytes, "m.onnx"));
    expect(error.code).toBe(code);
    expect(error.message).toMatch(/^m\.onnx: expected /);
    expect(error.message).toContain(text);
  });

  it("refuses metadata that are no JSON", () => {
    const text = '"earshot"';
    const bytes = buildTinyModel(text).map((byte, index, all) =>
      // The value is the last thing in the file: \"earshot\" loses its last quote.
      index === all.length - 1 ? 0x20 : byte,
    );
    expect(catchModelError(() => readModel(bytes, "m.onnx")).code).toBe("bad-metadata");
  });
});

describe("checkDeployable", () => {
  const check = (changes: Parameters<typeof createTinyMetadata>[0]) => {
    const bytes = buildTinyModel(createTinyMetadata(changes));
    checkDeployable(readModel(bytes, "m.onnx"), bytes, "m.onnx");
  };

  it("takes a model that passed", () => {
    expect(() => {
      check({});
    }).not.toThrow();
    expect(() => {
      check({ graphHash: hashGraph(buildTinyModel()) });
    }).not.toThrow();
  });

  it.each([
    [{ parity: [] }, "unverified", "got one that never took it"],
    [
      { parity: [failedParity] },
      "failed-parity",
      "cpu differs by 0.500 (tolerance 0.0001), same class 100.0 %",
    ],
    [
      { parity: [...createTinyMetadata().parity, { ...failedParity, target: "webgpu" }] },
      "failed-parity",
      "webgpu differs",
    ],
    [{ graphHash: "00" }, "changed-after-parity", "changed after it"],
    [{ seal: "00" }, "changed-after-export", "got another seal"],
  ])("refuses %o", (changes, code, text) => {
    const error = catchModelError(() => {
      check(changes);
    });
    expect(error.code).toBe(code);
    expect(error.message).toContain(text);
  });
});
