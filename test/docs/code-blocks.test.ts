import path from "node:path";
import { readFileSync } from "node:fs";
import { glob } from "tinyglobby";
import ts from "typescript";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { projectFolder } from "../../setup/run-tool.ts";

// Every block of TypeScript and JavaScript of the pages, and every example in the docstring of a public symbol, is
// checked by the compiler against the sources, each as a module of its own.

/** What the examples use without saying where it is from. A page's reader has it, or sees what it is. */
const values = {
  app: `import("fastify").FastifyInstance`,
  batches: "any",
  blocks: "Float32Array[]",
  body: "Blob",
  bytes: "Uint8Array<ArrayBuffer>",
  candidate: "any",
  classifier: `import("earshot/node").Classifier<import("earshot/node").NodeSource>`,
  clips: "any",
  config: `import("earshot/features").FeatureConfig`,
  converter: `import("earshot/export").Converter`,
  draw: "(block: unknown) => void",
  element: "HTMLElement",
  extractor: `import("earshot/features").FeatureExtractor`,
  features: `import("earshot/features").FeatureConfig`,
  fastify: `typeof import("fastify").fastify`,
  feeds: `import("onnxruntime-common").InferenceSession.FeedsType[]`,
  inputs: "any",
  it: `typeof import("vitest").it`,
  loss: "(...inputs: unknown[]) => tf.Scalar",
  microphone: "{ onblock: (block: Float32Array) => void }",
  model: "tf.LayersModel",
  network: "any",
  openScorer: `typeof import("earshot/node").openScorer`,
  optimiser: "tf.Optimizer",
  options: `import("earshot/export").TrainedExportOptions`,
  ort: `typeof import("onnxruntime-node")`,
  other: "any",
  play: "(samples: Float32Array) => void",
  program: "any",
  queue: "{ add: <Result>(run: () => Promise<Result>) => Promise<Result> }",
  readFile: `typeof import("node:fs/promises").readFile`,
  reference: "any",
  resampler: `import("earshot/features").Resampler`,
  samples: "Float32Array",
  scorer: "any",
  session: `import("onnxruntime-common").InferenceSession`,
  standardisation: `import("earshot/export").ExportableModel["standardisation"]`,
  stream: `import("earshot/features").LogMelStream`,
  targets: "any",
  trained: `import("earshot/export").ExportableModel`,
  writeFile: `typeof import("node:fs/promises").writeFile`,
  z: `typeof import("zod")`,
};

const manifest = z.object({ exports: z.record(z.string(), z.unknown()) });
const { exports } = manifest.parse(JSON.parse(readFileSync(inProject("package.json"), "utf8")));
const entrySchema = z.object({ default: z.string() });

/** Source of each entry of the package, by the name that it is imported by. */
const entries = Object.entries(exports).flatMap(([name, conditions]) => {
  const { success, data } = entrySchema.safeParse(conditions);
  if (!success || name === ".") return [];
  return [
    [`earshot${name.slice(1)}`, inProject(data.default.replace("./dist/", "").replace(/js$/, "ts"))],
  ] as const;
});

interface Example {
  /** Where it stands, for messages. */
  readonly name: string;
  readonly code: string;
  /** The entry whose symbols it may use without importing them. */
  readonly entry: string | undefined;
}

const { options } = ts.parseJsonConfigFileContent(
  ts.readConfigFile(inProject("tsconfig.json"), (file) => ts.sys.readFile(file)).config,
  ts.sys,
  projectFolder,
);
const compilerOptions: ts.CompilerOptions = {
  ...options,
  incremental: false,
  noUnusedLocals: false,
  noUnusedParameters: false,
  verbatimModuleSyntax: false,
  allowJs: true,
  paths: {
    earshot: [inProject("runtime/node.ts")],
    "tfjs-backend-onnxruntime": [inProject("tfjs-backend-onnxruntime/index.ts")],
    "tfjs-backend-onnxruntime/web": [inProject("tfjs-backend-onnxruntime/web.ts")],
    ...Object.fromEntries(entries.map(([name, file]): [string, string[]] => [name, [file]])),
  },
};
const sources = ts.createProgram(
  entries.map(([, file]) => file),
  compilerOptions,
);
const symbols = entries.flatMap(([entry, file]) => listSymbols(entry, file));
/** A symbol of several entries is checked once. */
const examples = [...new Map(symbols.map((symbol) => [symbol.code, symbol])).values()];

describe("the docstrings of public symbols", () => {
  it("have an example each", () => {
    expect(symbols.filter(({ code }) => code === "").map(({ name }) => name)).toEqual([]);
    expect(symbols.length).toBeGreaterThan(100);
  });
});

describe("blocks of code", () => {
  it("are accepted by the compiler", async () => {
    const pages = await glob(["*.md", "{docs,examples,web-demo,tfjs-backend-onnxruntime,packages}/**/*.md"], {
      cwd: projectFolder,
      ignore: ["**/{node_modules,dist}/**"],
    });
    const blocks = pages.flatMap(listBlocks);
    expect(blocks.length).toBeGreaterThan(8);
    expect(checkExamples([...blocks, ...examples])).toEqual([]);
  }, 120_000);
});

function inProject(...names: readonly string[]): string {
  return path.join(projectFolder, ...names);
}

function listSymbols(entry: string, file: string): Example[] {
  const checker = sources.getTypeChecker();
  const source = sources.getSourceFile(file);
  const module = source && checker.getSymbolAtLocation(source);
  if (module === undefined) throw new Error(`${file}: expected a module`);
  return checker.getExportsOfModule(module).map((exported) => {
    const isAlias = (exported.flags & ts.SymbolFlags.Alias) !== 0;
    const symbol = isAlias ? checker.getAliasedSymbol(exported) : exported;
    return { name: `${entry}: ${exported.name}`, code: readExample(symbol), entry };
  });
}

/** The indented lines of a symbol's docstring. */
function readExample({ declarations = [] }: ts.Symbol): string {
  const comments = declarations.flatMap((declaration) =>
    ts.getJSDocCommentsAndTags(declaration).map((comment) => comment.getText()),
  );
  return [...comments.join("\n").matchAll(/^ \* {5}(.*)$/gm)].map(([, line = ""]) => line).join("\n");
}

function listBlocks(page: string): Example[] {
  const text = readFileSync(inProject(page), "utf8");
  return [...text.matchAll(/^```(?:ts|js|tsx)\n(.*?)^```$/gms)].map(({ index, 1: code = "" }) => ({
    name: `${page}:${text.slice(0, index).split("\n").length}`,
    code,
    entry: undefined,
  }));
}

/** @returns the compiler's complaints */
function checkExamples(examples: readonly Example[]): string[] {
  const files = new Map(
    examples.map((example, index) => [inProject("test", "docs", `example-${index}.mts`), example]),
  );
  const host = ts.createCompilerHost(compilerOptions);
  const getSourceFile = host.getSourceFile.bind(host);
  host.getSourceFile = (file, version, ...rest) => {
    const example = files.get(path.normalize(file));
    return example === undefined
      ? getSourceFile(file, version, ...rest)
      : ts.createSourceFile(file, completeExample(example), version);
  };
  const fileExists = host.fileExists.bind(host);
  host.fileExists = (file) => files.has(path.normalize(file)) || fileExists(file);
  const program = ts.createProgram([...files.keys()], compilerOptions, host, sources);
  return [...files].flatMap(([file, { name }]) => {
    const source = program.getSourceFile(file);
    return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)].map(
      ({ messageText }) => `${name}: ${ts.flattenDiagnosticMessageText(messageText, "\n")}`,
    );
  });
}

/** The example as a module: before it what it uses and does not declare, from its entry or from `values`. */
function completeExample({ code, entry }: Example): string {
  const declared = listDeclared(code);
  const isUsed = (name: string) =>
    new RegExp(`(?<!\\w|(?<!\\.\\.)\\.)${name}\\b(?!:)`).test(code) && !declared.has(name);
  const imported = symbols
    .filter((symbol) => symbol.entry === entry)
    .map(({ name }) => name.slice(name.indexOf(" ") + 1))
    .filter(isUsed);
  const used = Object.entries(values).filter(([name]) => isUsed(name) && !imported.includes(name));
  return [
    ...(entry === undefined ? [] : [`import { ${imported.join(", ")} } from "${entry}";`]),
    ...(declared.has("tf") ? [] : [`import type * as tf from "@tensorflow/tfjs";`]),
    ...used.map(([name, type]) => `declare const ${name}: ${type};`),
    code,
    "export {};",
  ].join("\n");
}

function listDeclared(code: string): ReadonlySet<string> {
  const names = new Set<string>();
  const visit = (node: ts.Node): void => {
    const isDeclaration =
      ts.isVariableDeclaration(node) ||
      ts.isBindingElement(node) ||
      ts.isImportSpecifier(node) ||
      ts.isNamespaceImport(node);
    if (isDeclaration && ts.isIdentifier(node.name)) names.add(node.name.text);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile("example.mts", code, ts.ScriptTarget.Latest));
  return names;
}
