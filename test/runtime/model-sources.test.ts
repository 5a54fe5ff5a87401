import { runInNewContext } from "node:vm";
import { afterEach, describe, expect, it, vi } from "vitest";
import { createClassifier, openScorer } from "../../runtime/node.ts";
import { createClassifier as createInPage } from "../../runtime/web.ts";
import { buildTinyModel } from "./tiny-model.ts";

const model = buildTinyModel();
/** As in Jest, Electron and iframes: the same classes of another realm. */
const foreign: unknown = runInNewContext("Uint8Array.from(bytes)", { bytes: [...model] });

/** What callers without types give. `true`: the meaning is clear. */
const values: readonly (readonly [title: string, value: unknown, isModel: boolean])[] = [
  ["bytes of another realm", foreign, true],
  ["their buffer", runInNewContext("Uint8Array.from(bytes).buffer", { bytes: [...model] }), true],
  ["named bytes of another realm", { name: "m.onnx", bytes: foreign }, true],
  ["a Blob", new Blob([model.slice()]), true],
  ["an array of bytes", [...model], false],
  ["Int16Array", new Int16Array(model.length), false],
  ["undefined", undefined, false],
  ["null", null, false],
  ["a number", 42, false],
  ["an object", { model }, false],
  ["empty text", "", false],
  ["a model's bytes as text", String.fromCharCode(...model.slice(0, 3000)).repeat(1000), false],
  ["a function", () => model, false],
];

/** Calls as plain JavaScript does, whatever the types say. */
const call = async (what: (...args: never[]) => unknown, ...args: unknown[]): Promise<unknown> => {
  const answer: unknown = Reflect.apply(what, undefined, args);
  return await Promise.resolve(answer);
};

afterEach(() => {
  vi.unstubAllGlobals();
});

describe.each(values)("%s", (_, value, isModel) => {
  it(isModel ? "is a model" : "is refused in one short line, and is not fetched", async () => {
    if (isModel) {
      expect(await call(createClassifier, value)).toHaveProperty("info.labels");
      return;
    }
    const fetched = vi.fn(() => Promise.reject(new Error("no network here")));
    vi.stubGlobal("fetch", fetched);
    for (const open of [createClassifier, createInPage, openScorer]) {
      const refused = call(open, value);
      await expect(refused).rejects.toMatchObject({ name: "SourceError", code: "unreadable" });
      await expect(refused).rejects.toThrow(/^audio or model: expected a path or address, .*, got .{1,60}$/);
    }
    expect(fetched).not.toHaveBeenCalled();
  });
});

it.each([
  { executionProviders: "cpu" },
  { executionProviders: [] },
  { executionProviders: [7] },
  { threads: -1 },
  { threads: "two" },
  { graphOptimizationLevel: "most" },
])("refuses the options %j with an OptionError", async (options) => {
  const [name = ""] = Object.keys(options);
  await expect(call(createClassifier, model, options)).rejects.toMatchObject({ code: "bad-option" });
  await expect(call(createClassifier, model, options)).rejects.toThrow(`${name}: expected`);
});
