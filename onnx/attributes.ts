/** A node's attribute, as ONNX types it (onnx.proto, `AttributeProto.AttributeType`). */
export type Attribute =
  | { readonly type: "int"; readonly value: number }
  | { readonly type: "ints"; readonly value: readonly number[] }
  | { readonly type: "float"; readonly value: number }
  | { readonly type: "floats"; readonly value: readonly number[] }
  | { readonly type: "string"; readonly value: string }
  | { readonly type: "strings"; readonly value: readonly string[] };

/** What a caller may write: a bare number is an int, a float is said: `{ axis: 1, alpha: float(0.1) }`. */
export type AttributeValue = number | string | readonly number[] | readonly string[] | Attribute;

export function float(value: number): Attribute {
  return { type: "float", value };
}

export function floats(value: readonly number[]): Attribute {
  return { type: "floats", value };
}

/** @throws TypeError for a bare number that is no integer: it was meant as `float(x)` */
export function toAttribute(name: string, value: AttributeValue): Attribute {
  if (typeof value === "number") return { type: "int", value: expectInteger(name, value) };
  if (typeof value === "string") return { type: "string", value };
  if ("type" in value) return value;
  if (isStrings(value)) return { type: "strings", value };
  return { type: "ints", value: value.map((item) => expectInteger(name, item)) };
}

/** An empty list counts as ints. */
function isStrings(value: readonly number[] | readonly string[]): value is readonly string[] {
  return typeof value[0] === "string";
}

function expectInteger(name: string, value: number): number {
  if (!Number.isSafeInteger(value)) {
    throw new TypeError(`attribute ${name}: expected an integer (write float(x) for a float), got ${value}`);
  }
  return value;
}
