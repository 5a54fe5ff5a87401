import fc from "fast-check";
import { expect, it } from "vitest";
import { askPython, describeWithOracle, runPython } from "./oracle.ts";
import { readNpy, toNpy, writeNpy } from "./npy.ts";

describeWithOracle("the Python oracle", () => {
  it("passes bytes through standard input and output unchanged", async () => {
    const bytes = Uint8Array.from({ length: 256 }, (_, at) => at);
    const output = await runPython(
      "import sys; sys.stdout.buffer.write(sys.stdin.buffer.read()[::-1])",
      bytes,
    );
    expect([...output]).toEqual([...bytes].reverse());
  });

  it("computes with arrays of every type, their shape and the parameters", async () => {
    const answer = await askPython(
      `
outputs["product"] = arrays["left"] @ arrays["right"].astype(np.float32)
outputs["large"] = arrays["large"] + parameters["step"]
outputs["scalar"] = np.float64(0.1)
outputs["flags"] = arrays["right"] > 1
`,
      {
        left: toNpy(Float32Array.of(1, 2, 3, 4, 5, 6), [2, 3]),
        right: toNpy(Int32Array.of(0, 1, 2), [3, 1]),
        large: toNpy(BigInt64Array.of(2n ** 53n)),
      },
      { step: 1 },
    );
    expect(answer).toEqual({
      product: toNpy(Float32Array.of(8, 17), [2, 1]),
      large: toNpy(BigInt64Array.of(2n ** 53n + 1n)),
      scalar: toNpy(Float64Array.of(0.1), []),
      flags: toNpy(Uint8Array.of(0, 0, 1), [3, 1]),
    });
  });

  it("fails with Python's own message", async () => {
    await expect(askPython("raise ValueError('no such thing')")).rejects.toThrow("ValueError: no such thing");
  });

  it("has the pinned packages", async () => {
    const script = "import librosa, onnx, onnxruntime, sklearn, soundfile; print(onnx.__version__, end='')";
    expect((await runPython(script)).toString()).toBe("1.23.2");
  });
});

it("reads the NPY files that it writes", () => {
  fc.assert(
    fc.property(fc.float32Array({ minLength: 6, maxLength: 6 }), (data) => {
      const array = toNpy(data, [1, 2, 3]);
      expect(readNpy(writeNpy(array))).toEqual(array);
    }),
  );
});

it("refuses a shape that does not fit the numbers", () => {
  expect(() => writeNpy(toNpy(new Float32Array(5), [2, 3]))).toThrow("expected 6 numbers for [2, 3], got 5");
});
