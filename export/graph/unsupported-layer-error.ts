import { at } from "../../common/at.ts";
import { capList } from "../../common/cap-list.ts";
import { UserError } from "../../common/user-error.ts";

/**
 * A layer, or an option of one, that has no ONNX form.
 *
 *     const layer: UnsupportedLayer = { name: "map", className: "Lambda", reason: "has no ONNX form" };
 */
export interface UnsupportedLayer {
  readonly name: string;
  readonly className: string;
  readonly reason: string;
}

/** Characters of the list in a message; `layers` holds all of it. */
const maxListCharacters = 320;

/**
 * Names the layers of a model that cannot be exported, each with its reason; thrown before anything is written. A
 * mistake of the user's, and no bug: the message counts what would make it too long, `layers` has all.
 *
 *     try {
 *       exportLayersModel(model);
 *     } catch (error) {
 *       if (error instanceof UnsupportedLayerError) console.error(error.layers.map(({ name }) => name));
 *     }
 */
export class UnsupportedLayerError extends UserError {
  override readonly name: string = "UnsupportedLayerError";
  readonly layers: readonly UnsupportedLayer[];

  constructor(layers: readonly UnsupportedLayer[]) {
    const groups = groupByReason(layers);
    super(
      layers.length === 1
        ? groups.map(describeGroup).join()
        : [
            `${layers.length} layers cannot be exported:`,
            ...capList(
              groups.map(describeGroup),
              maxListCharacters,
              (index) => at(groups, index).names.length,
            ),
          ].join("\n  "),
    );
    this.layers = layers;
  }
}

/** Layers of one class with one reason. */
interface Group {
  readonly names: readonly string[];
  readonly title: string;
}

function groupByReason(layers: readonly UnsupportedLayer[]): Group[] {
  const names = new Map<string, string[]>();
  for (const { name, className, reason } of layers) {
    const title = `(${className}): ${reason}`;
    names.set(title, [...(names.get(title) ?? []), name]);
  }
  return [...names].map(([title, named]) => ({ title, names: named }));
}

/** `a, b and 3 more (Conv1D): expected ...` */
function describeGroup({ names, title }: Group): string {
  const more = names.length > 3 ? ` and ${names.length - 2} more` : "";
  return `${names.slice(0, more === "" ? names.length : 2).join(", ")}${more} ${title}`;
}
