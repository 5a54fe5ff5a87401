import { describe, expect, it } from "vitest";
import { formatAudacity, formatCsv, formatJson } from "../../../runtime/timeline/format-events.ts";
import { collect } from "../collect.ts";

describe("formats", () => {
  const events = [
    { label: 'a "b", c', startSeconds: 0, endSeconds: 1.5, confidence: 0.75 },
    { label: "tab\tü", startSeconds: 3600.25, endSeconds: 3601, confidence: 1 },
  ];

  it("CSV quotes what needs it", async () => {
    expect((await collect(formatCsv(events))).join("")).toBe(
      'startSeconds,endSeconds,label,confidence\r\n0.000000,1.500000,"a ""b"", c",0.7500\r\n3600.250000,3601.000000,tab\tü,1.0000\r\n',
    );
  });

  it("JSON comes back as it was, none included", async () => {
    expect(JSON.parse((await collect(formatJson(events))).join(""))).toEqual(events);
    expect(JSON.parse((await collect(formatJson([]))).join(""))).toEqual([]);
  });

  it("Audacity has three columns whatever the label", async () => {
    expect((await collect(formatAudacity(events))).join("")).toBe(
      '0.000000\t1.500000\ta "b", c\n3600.250000\t3601.000000\ttab ü\n',
    );
  });
});
