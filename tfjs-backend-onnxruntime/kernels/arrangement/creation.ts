import type { Kernel } from "../kernel.ts";

const fill: Kernel = {
  kernelName: "Fill",
  record(backend, call) {
    const dtype = call.has("dtype") ? call.text("dtype") : call.isNumber("value") ? "float32" : "string";
    if (dtype !== "float32" && dtype !== "int32" && dtype !== "bool") {
      return call.refuse("dtype", "float32, int32 or bool", dtype);
    }
    const value = call.number("value");
    // The shape [] comes as an empty list.
    return backend.fill(dtype, call.numbers("shape"), dtype === "float32" ? value : Math.trunc(value));
  },
};

const range: Kernel = {
  kernelName: "Range",
  record(backend, call) {
    const start = call.number("start");
    const stop = call.number("stop");
    const given = call.has("step") ? call.number("step") : 1;
    // TF.js counts down when the step is left at 1 and the end lies below the start.
    const step = stop < start && given === 1 ? -1 : given;
    const dtype = call.has("dtype") ? call.text("dtype") : "float32";
    const length = Math.max(0, Math.ceil((stop - start) / step));
    const type = dtype === "float32" ? "float32" : "int32";
    const values = type === "float32" ? new Float32Array(length) : new Int32Array(length);
    for (let index = 0; index < length; index++) values[index] = start + index * step;
    return { dataId: backend.write(values, [length], type), shape: [length], dtype: type };
  },
};

const linSpace: Kernel = {
  kernelName: "LinSpace",
  record(backend, call) {
    const start = call.number("start");
    const num = call.number("num");
    const step = num > 1 ? (call.number("stop") - start) / (num - 1) : 0;
    const values = Float32Array.from({ length: num }, (_, index) => start + index * step);
    return { dataId: backend.write(values, [num], "float32"), shape: [num], dtype: "float32" };
  },
};

export const creationKernels: readonly Kernel[] = [fill, linSpace, range];
