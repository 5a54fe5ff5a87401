import { UserError } from "../../common/user-error.ts";
import { defaultOpset } from "../../onnx/graph-builder.ts";

/** Operator sets that converters write for. Below 13, ReduceSum and others take their axes another way. */
const [minOpset, maxOpset] = [13, 21];

/** @throws UserError for an operator set that is not exported */
export function checkOpset(opset = defaultOpset): number {
  if (Number.isInteger(opset) && opset >= minOpset && opset <= maxOpset) return opset;
  throw new UserError(`opset: expected an integer from ${minOpset} to ${maxOpset}, got ${opset} (--opset)`);
}
