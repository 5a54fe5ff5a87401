import { UserError } from "../../common/user-error.ts";
import type { Overrides } from "../../training/jobs/override-job.ts";
import type { Draw } from "../../training/jobs/tune.ts";

/**
 * Settings of a job as typed: `optimiser.weightDecay=0.05`, the value as JSON or, where it is none, as text.
 * @throws UserError listing what has no `=`
 */
export function parseOverrides(settings: readonly string[]): Overrides {
  return Object.fromEntries(splitSettings(settings).map(([path, value]) => [path, parseValue(value)]));
}

/** As `parseOverrides`, with a list of values each: `optimiser.weightDecay=0.001,0.01,0.05`. */
export function parseGrid(settings: readonly string[]): Readonly<Record<string, readonly unknown[]>> {
  return Object.fromEntries(
    splitSettings(settings).map(([path, values]) => [path, values.split(",").map(parseValue)]),
  );
}

/** Ranges to draw from: `network.dropout=0..0.5`, `optimiser.learningRate=log:1e-4..1e-1`. @throws UserError */
export function parseDraws(settings: readonly string[]): Readonly<Record<string, Draw>> {
  return Object.fromEntries(
    splitSettings(settings).map(([path, text]) => {
      const [, log, from, to] = /^(log:)?(.+)\.\.(.+)$/.exec(text) ?? [];
      const [min, max] = [Number(from), Number(to)];
      if (!Number.isFinite(min) || !Number.isFinite(max))
        throw new UserError(`${path}: expected from..to or log:from..to, got ${text}`);
      return [path, { from: min, to: max, scale: log === undefined ? "linear" : "log" }];
    }),
  );
}

function splitSettings(settings: readonly string[]): (readonly [path: string, value: string])[] {
  const wrong = settings.filter((setting) => !/^[^=\s]+=/.test(setting));
  if (wrong.length > 0)
    throw new UserError(wrong.map((setting) => `${setting}: expected path=value, e.g. epochs=20`).join("\n"));
  return settings.map((setting) => {
    const at = setting.indexOf("=");
    return [setting.slice(0, at), setting.slice(at + 1)];
  });
}

function parseValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
