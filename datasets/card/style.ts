/** The card's style sheet: light and dark by the reader's setting, no font or file from elsewhere. */
export const cardStyle = `
:root { color-scheme: light dark; --ink: #1b1b22; --soft: #62626f; --line: #e3e2ea; --paper: #fbfaf8; --raised: #fff;
  --bar: #6a3d9a; --warn: #8a4b00; --warn-paper: #fff4e0; --font: system-ui, "Segoe UI", Roboto, sans-serif; }
@media (prefers-color-scheme: dark) { :root { --ink: #ececf1; --soft: #9d9dab; --line: #32323d; --paper: #15151b;
  --raised: #1d1d25; --bar: #b38be0; --warn: #ffc874; --warn-paper: #33270f; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 15px/1.5 var(--font); }
main { max-width: 1120px; margin: 0 auto; padding: 40px 24px 80px; }
h1 { font-size: 30px; line-height: 1.2; letter-spacing: -0.02em; margin: 0 0 6px; overflow-wrap: anywhere; }
h2 { font-size: 18px; letter-spacing: -0.01em; margin: 44px 0 14px; }
h3 { font-size: 15px; margin: 26px 0 8px; overflow-wrap: anywhere; }
h3 span, .soft { color: var(--soft); font-weight: 400; }
p { margin: 0 0 8px; overflow-wrap: anywhere; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(125px, 1fr)); gap: 12px; margin-top: 24px; }
.tile { background: var(--raised); border: 1px solid var(--line); border-radius: 12px; padding: 12px 16px; }
.tile b { display: block; font-size: 21px; font-weight: 600; letter-spacing: -0.02em; }
.tile span { color: var(--soft); font-size: 13px; }
.notes { background: var(--warn-paper); color: var(--warn); border-radius: 12px; padding: 12px 18px 12px 34px;
  margin: 20px 0 0; overflow-wrap: anywhere; }
.scroll { overflow-x: auto; background: var(--raised); border: 1px solid var(--line); border-radius: 12px; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { padding: 7px 14px; text-align: right; white-space: nowrap; border-top: 1px solid var(--line); }
thead th { border-top: 0; color: var(--soft); font-weight: 500; font-size: 13px; }
tbody th, thead th:nth-child(-n + 2), tfoot th { text-align: left; font-weight: 500; }
tbody th { max-width: 260px; overflow: hidden; text-overflow: ellipsis; }
tfoot td, tfoot th { font-weight: 600; }
td.balance { width: 26%; min-width: 170px; }
.stack { display: flex; gap: 2px; height: 14px; }
.stack i { display: block; background: var(--bar); border-radius: 2px; min-width: 1px; }
.stack i:nth-child(even) { opacity: 0.62; }
.zero { color: var(--soft); opacity: 0.6; }
svg { display: block; width: 100%; height: auto; }
.histogram { max-width: 760px; fill: var(--bar); }
.histogram line { stroke: var(--line); }
.histogram text { font: 12px var(--font); fill: var(--soft); }
.histogram text.count { fill: var(--ink); }
.clips { display: grid; grid-template-columns: repeat(auto-fill, minmax(168px, 1fr)); gap: 12px; }
figure { margin: 0; background: var(--raised); border: 1px solid var(--line); border-radius: 12px; overflow: hidden; }
figure svg { height: 44px; padding: 4px 0; }
figure polygon { fill: var(--bar); }
figure img { display: block; width: 100%; height: 84px; }
figcaption { padding: 6px 10px 8px; font-size: 12px; line-height: 1.35; color: var(--soft); overflow-wrap: anywhere; }
.suspects td, .suspects th { text-align: left; }
button[data-sound] { font: inherit; border: 1px solid var(--line); border-radius: 8px; background: none; color: var(--bar);
  cursor: pointer; }
.playing { background: var(--warn-paper) !important; stroke: var(--ink); stroke-width: 3; }
.map { max-width: 760px; background: var(--raised); border: 1px solid var(--line); border-radius: 12px; }
.map circle { cursor: pointer; opacity: 0.85; }
.map .suspect { stroke: var(--ink); stroke-width: 2.5; opacity: 1; }
.legend span { margin-right: 14px; white-space: nowrap; }
.legend i { display: inline-block; width: 10px; height: 10px; border-radius: 5px; margin-right: 5px; }
footer { margin-top: 56px; color: var(--soft); font-size: 13px; }
`;
