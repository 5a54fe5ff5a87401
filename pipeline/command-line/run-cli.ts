import { distance } from "fastest-levenshtein";
import yargs from "yargs";
import { makeLinesVisible } from "../../common/visible-text.ts";
import { UserError } from "../../common/user-error.ts";
import { readVersion } from "../runs/environment.ts";
import type { Stage } from "./stage.ts";
import { paint } from "../screen/colour.ts";
import { renameDash } from "../standard-input.ts";

/** 1: a mistake of the user, one clear line. 2: a bug of ours, with its stack. */
const exitCodes = { userError: 1, bug: 2 } as const;

/**
 * Runs one command line and returns the process's exit code. An unknown stage or option is an error that names the
 * nearest known one.
 */
export async function runCli(argv: readonly string[], stages: readonly Stage[]): Promise<number> {
  const version = await readVersion();
  const parser = yargs(argv.map(renameDash))
    .scriptName("npx earshot")
    .usage("Usage: npx earshot <stage> [options]")
    .demandCommand(1, `Name a stage: ${stages.map(({ name }) => name).join(", ")}`)
    .strict()
    .version(version)
    .wrap(Math.min(110, process.stdout.columns || 110))
    .exitProcess(false)
    .fail((message, error: Error | undefined) => {
      throw error ?? new UserError(message);
    });
  for (const stage of stages) stage.addTo(parser);
  try {
    await parser.parse();
    return typeof process.exitCode === "number" ? process.exitCode : 0;
  } catch (error) {
    return reportError(error, argv, stages);
  }
}

function reportError(error: unknown, argv: readonly string[], stages: readonly Stage[]): number {
  if (error instanceof UserError || isSystemRefusal(error)) {
    console.error(
      `${paint("red", "error:", process.stderr)} ${makeLinesVisible(error.message)}${suggestNearest(error.message, argv, stages)}`,
    );
    return exitCodes.userError;
  }
  console.error(error instanceof Error ? (error.stack ?? error.message) : error);
  console.error("This is a bug in earshot: the lines above say where.");
  return exitCodes.bug;
}

/** What the operating system refuses is the user's to repair: a full disk, a missing right, a missing file. */
function isSystemRefusal(error: unknown): error is Error {
  const codes = [
    "ENOSPC",
    "EDQUOT",
    "EACCES",
    "EPERM",
    "EROFS",
    "ENOENT",
    "EISDIR",
    "ENOTDIR",
    "EMFILE",
    "EFBIG",
  ];
  return error instanceof Error && "code" in error && codes.some((code) => code === error.code);
}

/** ` Did you mean …?` for yargs' message about an unknown stage or option; else nothing. */
function suggestNearest(message: string, argv: readonly string[], stages: readonly Stage[]): string {
  const unknown = /^Unknown (?:argument|command)s?: ([^,\s]+)/.exec(message)?.[1];
  if (unknown === undefined) return "";
  const stage = stages.find(({ name }) => name === argv[0]);
  const isOption = argv.some((argument) => argument.startsWith("-") && argument.includes(unknown));
  const known = isOption
    ? (stage?.optionNames ?? []).map((name) => `--${name}`)
    : stages.map(({ name }) => name);
  const nearest = findNearest(isOption ? `--${unknown}` : unknown, known);
  return nearest === undefined ? "" : `. Did you mean ${nearest}?`;
}

function findNearest(word: string, known: readonly string[]): string | undefined {
  const ranked = known.map((candidate) => ({ candidate, edits: distance(word, candidate) }));
  ranked.sort((a, b) => a.edits - b.edits);
  return ranked[0]?.candidate;
}
