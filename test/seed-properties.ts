import process from "node:process";
import fc from "fast-check";

/**
 * One seed for all property tests, so that CI runs the same cases each time. `FAST_CHECK_SEED=<number>` draws other
 * cases; the nightly job does so with a new seed. Properties set their `numRuns`, never a `seed`.
 */
const seed = Number(process.env.FAST_CHECK_SEED ?? 1);
if (!Number.isInteger(seed))
  throw new Error(`FAST_CHECK_SEED: expected a whole number, got ${String(process.env.FAST_CHECK_SEED)}`);
fc.configureGlobal({ seed });
