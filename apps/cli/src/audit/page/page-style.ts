/** How the page looks, in light and in dark as the reader's system is set, and on paper. */
export const PAGE_STYLE = `
:root { color-scheme: light dark;
  --bg: #ffffff; --card: #f5f6f8; --line: #dfe2e7; --text: #1b1e24; --dim: #5c6470;
  --ready: #0b7a53; --likely: #4fae8a; --open: #d08f12; --no: #a7aeb8; --batched: #3d6fd1; --now: #6d7683; }
@media (prefers-color-scheme: dark) { :root {
  --bg: #14161a; --card: #1d2026; --line: #333842; --text: #e8eaee; --dim: #9aa3b0;
  --ready: #35b184; --likely: #2b7d60; --open: #e0a83a; --no: #565d68; --batched: #6b97ee; --now: #8a93a0; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--bg); color: var(--text); font: 16px/1.5 system-ui, "Segoe UI", Roboto, "Liberation Sans", sans-serif; }
main { max-width: 60rem; margin: 0 auto; padding: 2.5rem 1.25rem 4rem; }
h1 { font-size: 1.7rem; line-height: 1.25; margin: 0 0 .35rem; }
h2 { font-size: 1.15rem; margin: 2.75rem 0 .35rem; }
p { margin: .35rem 0; } .dim { color: var(--dim); } small { color: var(--dim); }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(12.5rem, 1fr)); gap: .85rem; margin: 1.6rem 0 0; }
.tile { background: var(--card); border: 1px solid var(--line); border-radius: .6rem; padding: .85rem 1rem; }
.tile b { display: block; font-size: 1.3rem; line-height: 1.3; font-variant-numeric: tabular-nums; }
.tile span { color: var(--dim); font-size: .88rem; } .tile.good b { color: var(--ready); }
.chart { overflow-x: auto; margin: .6rem 0; } svg { display: block; min-width: 40rem; width: 100%; height: auto; }
svg text { fill: var(--text); font-size: 13px; font-variant-numeric: tabular-nums; } svg .soft { fill: var(--dim); }
svg .axis { stroke: var(--line); stroke-width: 1; }
.ready { fill: var(--ready); } .likely { fill: var(--likely); } .open { fill: var(--open); }
.no { fill: var(--no); } .batched { fill: var(--batched); } .now { fill: var(--now); }
.legend { display: flex; flex-wrap: wrap; gap: .3rem 1.1rem; color: var(--dim); font-size: .88rem; padding: 0; margin: .6rem 0; list-style: none; }
.legend svg { display: inline-block; min-width: 0; width: .8rem; height: .8rem; margin-right: .35rem; vertical-align: -.08rem; }
table { border-collapse: collapse; width: 100%; min-width: 46rem; font-size: .92rem; font-variant-numeric: tabular-nums; }
th, td { text-align: right; padding: .42rem .6rem; border-bottom: 1px solid var(--line); vertical-align: top; white-space: nowrap; }
th { color: var(--dim); font-weight: 500; } th:first-child, td:first-child, .left { text-align: left; }
td:first-child { white-space: normal; overflow-wrap: anywhere; min-width: 11rem; } td.left { white-space: normal; }
dl { margin: .6rem 0; } dt { font-weight: 600; margin-top: .85rem; overflow-wrap: anywhere; } dd { margin: .1rem 0 0; }
ul.notes { padding-left: 1.15rem; } ul.notes li { margin: .3rem 0; overflow-wrap: anywhere; }
pre { background: var(--card); border: 1px solid var(--line); border-radius: .6rem; padding: .9rem 1rem; overflow-x: auto; font: 13px/1.5 ui-monospace, "Liberation Mono", monospace; }
@media print { body { font-size: 12px; } main { padding: 0; } h2, .tile, dt { break-after: avoid; } }
`
