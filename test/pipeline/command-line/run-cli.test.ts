import { describe, expect, it, vi } from "vitest";
import { UserError } from "../../../common/user-error.ts";
import { runCli } from "../../../pipeline/command-line/run-cli.ts";
import { defineStage } from "../../../pipeline/command-line/stage.ts";

const stages = [
  defineStage({
    name: "features",
    options: {
      "clip-seconds": { type: "number", default: 5, describe: "length" },
      fail: { choices: ["user", "bug", "disk"] },
    },
    examples: [["features --clip-seconds 2", "short clips"]],
    run: ({ fail }) => {
      if (fail === "user") return Promise.reject(new UserError("a.wav: expected WAV, got text"));
      if (fail === "bug") return Promise.reject(new TypeError("x is undefined"));
      if (fail === "disk")
        return Promise.reject(Object.assign(new Error("ENOSPC: no space"), { code: "ENOSPC" }));
      return Promise.resolve();
    },
  }),
  defineStage({ name: "train", options: {}, examples: [], run: () => Promise.resolve() }),
];

async function run(...argv: string[]): Promise<{ code: number; output: string }> {
  const lines: string[] = [];
  const spies = [
    vi.spyOn(console, "error").mockImplementation((line: string) => void lines.push(line)),
    vi.spyOn(console, "log").mockImplementation((line: string) => void lines.push(line)),
  ];
  try {
    return { code: await runCli(argv, stages), output: lines.join("\n") };
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
}

describe("runCli", () => {
  it("runs a stage", async () => {
    expect(await run("features", "--clip-seconds", "3")).toEqual({ code: 0, output: "" });
  });

  it.each([
    { argv: ["featurs"], line: "error: Unknown argument: featurs. Did you mean features?" },
    { argv: ["features", "--clip-secnds", "3"], line: "Did you mean --clip-seconds?" },
    { argv: ["features", "--hlep"], line: "Did you mean --help?" },
    { argv: ["features", "--fail", "never"], line: 'Given: "never", Choices: "user", "bug"' },
    { argv: [], line: "error: Name a stage: features, train" },
    { argv: ["features", "--fail", "user"], line: "error: a.wav: expected WAV, got text" },
    { argv: ["features", "--fail", "disk"], line: "error: ENOSPC: no space" },
  ])("exits 1 with one clear line and no stack: $argv", async ({ argv, line }) => {
    const { code, output } = await run(...argv);
    expect(code).toBe(1);
    expect(output.replaceAll(/\s+/g, " ")).toContain(line);
    expect(output).not.toMatch(/^\s+at /m);
  });

  it("exits 2 with the stack for a bug", async () => {
    const { code, output } = await run("features", "--fail", "bug");
    expect(code).toBe(2);
    expect(output).toMatch(/TypeError: x is undefined\n\s+at /);
  });

  it("shows examples, defaults and descriptions", async () => {
    const { code, output } = await run("features", "--help");
    expect(code).toBe(0);
    expect(output).toContain("npx earshot features --clip-seconds 2");
    expect(output).toContain("[default: 5]");
  });
});
