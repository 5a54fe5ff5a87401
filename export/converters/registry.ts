import type { Converter } from "../graph/converter.ts";
import { converters } from "./index.ts";

const registered = new Map<string, Converter>(Object.entries(converters));

/**
 * Teaches the exporter a layer class of your own.
 * @throws Error when the class has a converter already: two packages that disagree must not decide by import order
 */
export function registerConverter(className: string, converter: Converter): void {
  if (registered.has(className))
    throw new Error(`${className}: expected a layer class without converter, got one that has it`);
  registered.set(className, converter);
}

export function findConverter(className: string): Converter | undefined {
  return registered.get(className);
}
