import * as z from "zod";

/** [layer, its node, its tensor, call arguments]; TF.js also writes a single one without the list around it. */
const linkSchema = z.tuple([z.string(), z.int().nonnegative(), z.int().nonnegative()]).rest(z.unknown());

const layerSchema = z.looseObject({
  name: z.string(),
  inbound_nodes: z.array(z.union([z.array(linkSchema), linkSchema])),
});

/** One for all axes, or one each; null for the layer's default. */
const perAxisOf = (size: z.ZodType) => z.union([size, z.array(size).min(1)]).nullable();
const size = z.int().positive();
const edge = z.int().nonnegative();
/** TF.js has tensors of six axes at most, and takes an axis of a joined one that is not there for the last. */
const maxRank = 6;

interface ValueCheck {
  readonly schema: z.ZodType;
  readonly expected: string;
}

const ofAxes: ValueCheck = {
  schema: perAxisOf(z.int().min(-maxRank).max(maxRank)),
  expected: "axes of the input",
};
const ofEdges = perAxisOf(perAxisOf(edge));
const ofSizes: ValueCheck = { schema: perAxisOf(size), expected: "whole numbers from 1" };

/**
 * Values of a layer's config that TF.js takes as they come: it then runs for minutes, or gives what no graph can. A map,
 * because the keys that are looked up are a file's: an object has a `constructor`.
 */
const valueChecks: ReadonlyMap<string, ValueCheck> = new Map([
  // Keras 2 writes null for a layer without a shape of its own.
  [
    "batch_input_shape",
    { schema: z.array(size.nullable()).nullable(), expected: "whole numbers from 1, or null" },
  ],
  ["axis", ofAxes],
  ["axes", ofAxes],
  ["cropping", { schema: ofEdges, expected: "whole numbers from 0" }],
  ["padding", { schema: z.union([z.string(), ofEdges]), expected: "whole numbers from 0" }],
  ["dilation_rate", ofSizes],
  ["kernel_size", ofSizes],
  ["pool_size", ofSizes],
  ["size", ofSizes],
  ["strides", ofSizes],
]);

const functionalSchema = z.looseObject({
  name: z.string().optional(),
  layers: z.array(z.unknown()),
});

/**
 * What is wrong with the links of a saved model, nested ones too, before TF.js follows them: a link to a layer or
 * node that is not there, what is no link, or a cycle, on each of which it would run for ever.
 */
export function findTopologyProblems(config: unknown): string[] {
  return [...findValueProblems(config, "model"), ...findModelProblems(config, "model")];
}

/** TF.js takes any value for a name or a size; an ONNX graph has texts and numbers. */
function findValueProblems(value: unknown, owner: string): string[] {
  if (Array.isArray(value)) return value.flatMap((item) => findValueProblems(item, owner));
  if (typeof value !== "object" || value === null) return [];
  const name = "name" in value ? (value.name ?? undefined) : undefined;
  const isText = name === undefined || typeof name === "string";
  const inner = typeof name === "string" ? name : owner;
  const problems = isText ? [] : [`${owner}: expected a name that is text, got ${typeof name}`];
  for (const [key, content] of Object.entries(value)) {
    const check = valueChecks.get(key);
    if (check !== undefined && !check.schema.safeParse(content).success)
      problems.push(
        `${inner}: ${key}: expected ${check.expected}, got ${JSON.stringify(content).slice(0, 40)}`,
      );
    problems.push(...findValueProblems(content, inner));
  }
  return problems;
}

function findModelProblems(config: unknown, owner: string): string[] {
  const parsed = functionalSchema.safeParse(config);
  if (!parsed.success) return [];
  const title = parsed.data.name ?? owner;
  const nested = parsed.data.layers.flatMap((layer) =>
    typeof layer === "object" && layer !== null && "config" in layer
      ? findModelProblems(layer.config, title)
      : [],
  );
  const read = parsed.data.layers.map((layer) => layerSchema.safeParse(layer));
  const broken = parsed.data.layers.flatMap((layer, index) =>
    isLinked(layer) && read[index]?.success !== true
      ? [`${title}: layer ${index}: expected a name and links [layer, node, tensor], got others`]
      : [],
  );
  return [
    ...nested,
    ...broken,
    ...findLinkProblems(
      title,
      read.flatMap(({ data }) => data ?? []),
    ),
  ];
}

/** The layers of a Sequential follow each other, without links. */
function isLinked(layer: unknown): boolean {
  return typeof layer === "object" && layer !== null && "inbound_nodes" in layer;
}

function findLinkProblems(title: string, layers: readonly z.infer<typeof layerSchema>[]): string[] {
  const problems: string[] = [];
  const sources = new Map<string, string[]>();
  for (const { name, inbound_nodes } of layers) {
    // A layer without inputs has one node all the same.
    if (inbound_nodes.length === 0) sources.set(`${name} 0`, []);
    inbound_nodes.forEach((node, index) => {
      const links = z.array(linkSchema).safeParse(node).data ?? z.array(linkSchema).parse([node]);
      sources.set(
        `${name} ${index}`,
        links.map(([from, fromNode]) => `${from} ${fromNode}`),
      );
    });
  }
  for (const [node, links] of sources) {
    for (const link of links) {
      if (!sources.has(link))
        problems.push(`${title}: ${nameOf(node)} takes from ${link}, which is not there`);
    }
  }
  const cycle = findCycle(sources);
  if (cycle !== undefined)
    problems.push(`${title}: the layers ${cycle.map(nameOf).join(" -> ")} form a cycle`);
  return problems;
}

/** Depth first, with a list instead of recursion: a hostile chain may be long. */
function findCycle(sources: ReadonlyMap<string, readonly string[]>): string[] | undefined {
  const finished = new Set<string>();
  for (const start of sources.keys()) {
    const path: { node: string; next: number }[] = [{ node: start, next: 0 }];
    const onPath = new Set([start]);
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const source = sources.get(top.node)?.[top.next++];
      if (source === undefined) {
        finished.add(top.node);
        onPath.delete(top.node);
        path.pop();
      } else if (onPath.has(source)) {
        const nodes = path.map(({ node }) => node);
        return [...nodes.slice(nodes.indexOf(source)), source];
      } else if (!finished.has(source)) {
        onPath.add(source);
        path.push({ node: source, next: 0 });
      }
    }
  }
  return undefined;
}

function nameOf(node: string): string {
  return node.slice(0, node.lastIndexOf(" "));
}
