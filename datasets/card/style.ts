/** The card's style sheet, on the common design. */
export const cardStyle = `
body { font-size: 15px; }
main { max-width: 1120px; margin: 0 auto; padding: 40px 24px 80px; }
h1 { font-size: 30px; line-height: 1.2; margin: 0 0 6px; overflow-wrap: anywhere; }
h2 { font-size: 18px; margin: 44px 0 14px; }
h3 { font-size: 15px; margin: 26px 0 8px; overflow-wrap: anywhere; }
.soft { color: var(--quiet); }
p { margin: 0 0 8px; overflow-wrap: anywhere; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(125px, 1fr)); gap: 12px; margin-top: 24px; }
.tile { background: var(--card); border: 1px solid var(--line); border-radius: 12px; padding: 12px 16px; }
.tile b { display: block; font-size: 21px; font-weight: 650; letter-spacing: -0.015em; }
.tile span { color: var(--quiet); font-size: 13px; }
.notes { background: var(--well); border-left: 4px solid var(--accent); border-radius: 12px; padding: 12px 18px 12px 34px;
  margin: 20px 0 0; overflow-wrap: anywhere; }
.scroll { overflow-x: auto; background: var(--card); border: 1px solid var(--line); border-radius: 12px; }
table { border-collapse: collapse; width: 100%; }
th, td { padding: 7px 14px; text-align: right; white-space: nowrap; border-top: 1px solid var(--line); }
thead th { border-top: 0; color: var(--quiet); font-weight: 500; font-size: 13px; }
tbody th, thead th:nth-child(-n + 2), tfoot th { text-align: left; font-weight: 500; }
tbody th { max-width: 260px; overflow: hidden; text-overflow: ellipsis; }
tfoot td, tfoot th { font-weight: 600; }
td.balance { width: 26%; min-width: 170px; }
.stack { display: flex; gap: 2px; height: 14px; }
.stack i { display: block; background: var(--accent); border-radius: 2px; min-width: 1px; }
.stack i:nth-child(even) { opacity: 0.62; }
.zero { color: var(--quiet); }
svg { display: block; width: 100%; height: auto; }
.histogram { max-width: 760px; fill: var(--accent); }
.histogram line { stroke: var(--line); }
.histogram text { font-size: 12px; fill: var(--quiet); }
.histogram text.count { fill: var(--ink); }
.clips { display: grid; grid-template-columns: repeat(auto-fill, minmax(168px, 1fr)); gap: 12px; }
figure { margin: 0; background: var(--card); border: 1px solid var(--line); border-radius: 12px; overflow: hidden; }
figure svg { height: 44px; padding: 4px 0; }
figure polygon { fill: var(--accent); }
figure img { display: block; width: 100%; height: 84px; }
figcaption { padding: 6px 10px 8px; font-size: 12px; line-height: 1.35; color: var(--quiet); overflow-wrap: anywhere; }
.suspects td, .suspects th { text-align: left; }
button[data-sound] { font: inherit; border: 1px solid var(--line); border-radius: 8px; background: none; color: var(--accent);
  cursor: pointer; }
.playing { background: var(--well) !important; stroke: var(--ink); stroke-width: 3; }
.map { max-width: 760px; background: var(--card); border: 1px solid var(--line); border-radius: 12px; }
.map circle { cursor: pointer; opacity: 0.85; }
.map .suspect { stroke: var(--ink); stroke-width: 2.5; opacity: 1; }
.legend span { margin-right: 14px; white-space: nowrap; }
.legend i { display: inline-block; width: 10px; height: 10px; border-radius: 5px; margin-right: 5px; }
footer { margin-top: 56px; color: var(--quiet); font-size: 13px; }
`;
