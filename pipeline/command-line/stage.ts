import { UserError } from "../../common/user-error.ts";
import { type StageName, stageList } from "./stage-list.ts";
import type { ArgumentsCamelCase, Argv, InferredOptionTypes, Options } from "yargs";

/** A stage of the pipeline as data: its place on the command line, and the names that suggestions read. */
export interface Stage<Name extends StageName = StageName> {
  readonly name: Name;
  readonly optionNames: readonly string[];
  readonly addTo: (parser: Argv<object>) => Argv<object>;
}

/** What yargs hands to a stage: each option by its name and in camel case. */
type StageArguments<O extends Record<string, Options>> = ArgumentsCamelCase<
  Omit<object, keyof O> & InferredOptionTypes<O>
>;

interface StageSpec<Name extends StageName, O extends Record<string, Options>> {
  readonly name: Name;
  readonly options: O;
  /** Command lines as typed after `npx earshot`, each with what it does. */
  readonly examples: readonly (readonly [command: string, what: string])[];
  readonly run: (args: StageArguments<O>) => Promise<void>;
}

/** Binds a stage's options, examples and code into one yargs command with strict types. */
export function defineStage<const Name extends StageName, const O extends Record<string, Options>>(
  spec: StageSpec<Name, O>,
): Stage<Name> {
  const { name, options, examples, run } = spec;
  const { command, describe } = stageList[name];
  return {
    name,
    optionNames: [...Object.keys(options), "help"],
    addTo: (parser) =>
      parser.command(
        command,
        describe,
        (yargs) =>
          yargs.options(options).example(examples.map(([line, what]) => [`npx earshot ${line}`, what])),
        (args) => {
          refuseNonNumbers(Object.keys(options), args);
          return run(args);
        },
      ),
  };
}

/** A stage for the help alone, which does nothing. */
export function listStage(name: StageName): Stage {
  const { command, describe } = stageList[name];
  return { name, optionNames: [], addTo: (parser) => parser.command(command, describe) };
}

/** What is no number yargs gives as NaN. @throws UserError that names every such option */
function refuseNonNumbers(names: readonly string[], args: object): void {
  const wrong = names.filter((name) => [Reflect.get(args, name)].flat().some(Number.isNaN));
  if (wrong.length === 0) return;
  throw new UserError(wrong.map((name) => `--${name}: expected a number, got something else`).join("; "));
}
