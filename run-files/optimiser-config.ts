import * as z from "zod";

const learningRate = z.number().positive().default(1e-3);
const fraction = z.number().min(0).lt(1);
const weightDecay = z.number().nonnegative();
const adamFields = {
  learningRate,
  beta1: fraction.default(0.9),
  beta2: fraction.default(0.999),
  epsilon: z.number().positive().default(1e-8),
};

export const optimiserSchema = z.discriminatedUnion("name", [
  z.strictObject({
    name: z.literal("sgd"),
    learningRate,
    momentum: fraction.default(0),
    nesterov: z.boolean().default(false),
    /** L2 penalty: times the weight, it is added to the gradient. */
    weightDecay: weightDecay.default(0),
  }),
  z.strictObject({ name: z.literal("adam"), ...adamFields }),
  z.strictObject({
    name: z.literal("adamw"),
    ...adamFields,
    /** Decoupled decay, on convolution and dense kernels only. */
    weightDecay: weightDecay.default(0.01),
  }),
]);

export type OptimiserConfig = z.infer<typeof optimiserSchema>;
