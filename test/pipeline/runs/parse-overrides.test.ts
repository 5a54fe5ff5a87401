import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { UserError } from "../../../common/user-error.ts";
import { parseDraws, parseGrid, parseOverrides } from "../../../pipeline/runs/parse-overrides.ts";

describe("settings on the command line", () => {
  it("are JSON where they can be, else text", () => {
    expect(
      parseOverrides(["epochs=20", "network.weightInit=xavier", 'network.trunk=[{"filters":8}]', "a=b=c"]),
    ).toEqual({ epochs: 20, "network.weightInit": "xavier", "network.trunk": [{ filters: 8 }], a: "b=c" });
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = JSON.stringify(value);
        const same: unknown = JSON.parse(text);
        expect(parseOverrides([`path=${text}`])).toEqual({ path: same });
      }),
    );
  });

  it("are lists in a grid, and ranges where they are drawn", () => {
    expect(parseGrid(["optimiser.weightDecay=0.001,0.01", "network.weightInit=random,xavier"])).toEqual({
      "optimiser.weightDecay": [0.001, 0.01],
      "network.weightInit": ["random", "xavier"],
    });
    expect(parseDraws(["network.dropout=0..0.5", "optimiser.learningRate=log:1e-4..1e-1"])).toEqual({
      "network.dropout": { from: 0, to: 0.5, scale: "linear" },
      "optimiser.learningRate": { from: 1e-4, to: 0.1, scale: "log" },
    });
  });

  it("say what is wrong, all of it at once", () => {
    expect(() => parseOverrides(["epochs", "=3", "a b=1"])).toThrow(
      "epochs: expected path=value, e.g. epochs=20\n=3: expected path=value",
    );
    expect(() => parseDraws(["network.dropout=much"])).toThrow(UserError);
  });
});
