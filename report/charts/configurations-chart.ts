import { formatPercent, formatScore } from "../page/format.ts";
import type { Html } from "../../common/html.ts";
import { renderChart } from "./render-chart.ts";
import { ink, panel } from "./theme.ts";

interface ConfigurationDot {
  readonly name: string;
  readonly train: number | null;
  readonly validation: number | null;
}

interface ConfigurationsOptions {
  readonly title: string;
  readonly measure: "accuracy" | "loss";
  readonly configurations: readonly ConfigurationDot[];
  /** End of the axis, which panels side by side share. */
  readonly highest: number;
}

/** One row a configuration: a dot for training, one for validation, joined by the gap between them. */
export async function drawConfigurations(options: ConfigurationsOptions): Promise<Html> {
  const { title, measure, configurations, highest } = options;
  const format = (value: number | null): string =>
    measure === "accuracy" ? `${formatPercent(value)} %` : formatScore(value);
  const gaps = configurations.map(({ name, train, validation }) => ({
    name,
    train,
    validation,
    tip: `${name}: train ${format(train)}, validation ${format(validation)}`,
  }));
  const dots = configurations.flatMap(({ name, train, validation }) => [
    ...(train === null ? [] : [{ name, value: train, set: "train" }]),
    ...(validation === null ? [] : [{ name, value: validation, set: "validation" }]),
  ]);
  const y = {
    field: "name",
    type: "nominal",
    title: null,
    sort: null,
    axis: { labelLimit: 170, labelColor: ink.strong, grid: true },
  } as const;
  const x = {
    type: "quantitative" as const,
    title: measure,
    scale: { domain: [0, highest], nice: false },
    axis: measure === "accuracy" ? { format: ".0%", values: [0, 0.25, 0.5, 0.75, 1] } : { format: "~g" },
  };
  return renderChart(
    {
      width: panel.width - 60,
      height: { step: 22 },
      layer: [
        {
          data: { values: gaps },
          mark: { type: "rule", color: ink.line, strokeWidth: 1.5, aria: true },
          encoding: {
            y,
            x: { ...x, field: "train" },
            x2: { field: "validation" },
            description: { field: "tip", type: "nominal" },
          },
        },
        {
          data: { values: dots },
          mark: { type: "circle", size: 55, opacity: 1 },
          encoding: {
            y,
            x: { ...x, field: "value" },
            color: {
              field: "set",
              type: "nominal",
              scale: { domain: ["train", "validation"], range: [ink.second, ink.first] },
              legend: null,
            },
          },
        },
      ],
    },
    `${title}: training and validation ${measure} of ${configurations.length} configurations; the table gives the numbers.`,
  );
}
