import { encodeUtf8 } from "./utf8.ts";
import { concatenate, writeField, writeNumber } from "./wire-format.ts";

/**
 * The smallest model that computes anything, `y = Identity(x)` on one float32: what a runtime cannot open this with, it
 * cannot open anything with.
 */
export function buildIdentityModel(): Uint8Array {
  const node = concatenate([text(1, "x"), text(2, "y"), text(4, "Identity")]);
  const graph = [
    writeField(1, node),
    text(2, "identity"),
    writeField(11, describeValue("x")),
    writeField(12, describeValue("y")),
  ];
  const opset = writeField(8, writeNumber(2, 13));
  return concatenate([writeNumber(1, 8), writeField(7, concatenate(graph)), opset]); // IR version 8
}

/** `ValueInfoProto`: name 1, type 2 > tensor_type 1 > elem_type 1 (float32), shape 2 > dim 1 > dim_value 1. */
function describeValue(name: string): Uint8Array {
  const shape = writeField(2, writeField(1, writeNumber(1, 1)));
  return concatenate([text(1, name), writeField(2, writeField(1, concatenate([writeNumber(1, 1), shape])))]);
}

function text(field: number, value: string): Uint8Array {
  return writeField(field, encodeUtf8(value));
}
