// The run's loss curve and evaluation.
import { element } from "./answers.js";

const WIDTH = 640;
const HEIGHT = 220;
const EDGE = { left: 48, right: 12, top: 12, bottom: 34 };

function svg(name, attributes, text) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  if (text !== undefined) made.textContent = text;
  return made;
}

function curve(points, x, y) {
  return points.map((p, i) => `${i ? "L" : "M"}${x(p.step).toFixed(1)},${y(p.loss).toFixed(1)}`).join("");
}

export function lossPlot(log, word) {
  const train = log.filter((row) => typeof row.loss === "number" && typeof row.step === "number");
  const validation = log
    .filter((row) => typeof row.validation_loss === "number")
    .map((row) => ({ step: row.step, loss: row.validation_loss }));
  if (!train.length) return element("p", { class: "quiet", text: word.noLoss });
  const last = Math.max(...train.map((p) => p.step), 1);
  const top = Math.max(...train.map((p) => p.loss), ...validation.map((p) => p.loss)) * 1.05;
  const x = (step) => EDGE.left + (step / last) * (WIDTH - EDGE.left - EDGE.right);
  const y = (loss) => HEIGHT - EDGE.bottom - (loss / top) * (HEIGHT - EDGE.top - EDGE.bottom);
  const plot = svg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": word.loss, class: "plot" });
  for (let i = 0; i <= 4; i += 1) {
    const loss = (top * i) / 4;
    plot.append(svg("line", { x1: EDGE.left, x2: WIDTH - EDGE.right, y1: y(loss), y2: y(loss), class: "grid" }));
    plot.append(svg("text", { x: EDGE.left - 6, y: y(loss) + 4, "text-anchor": "end" }, loss.toFixed(2)));
  }
  plot.append(svg("text", { x: WIDTH - EDGE.right, y: HEIGHT - 8, "text-anchor": "end" }, `${word.step} ${last}`));
  plot.append(svg("text", { x: EDGE.left, y: HEIGHT - 8, class: "train" }, `— ${word.train}`));
  plot.append(svg("path", { d: curve(train, x, y), class: "train" }));
  if (validation.length) {
    plot.append(svg("text", { x: EDGE.left + 110, y: HEIGHT - 8, class: "validation" }, `● ${word.validation}`));
    for (const p of validation) plot.append(svg("circle", { cx: x(p.step), cy: y(p.loss), r: 4, class: "validation" }));
  }
  return plot;
}

export function evaluationTable(evaluation, word) {
  if (!evaluation) return element("p", { class: "quiet", text: word.noEvaluation });
  const head = [word.system, word.set, word.metric, word.value, word.interval, "n"];
  const rows = [];
  for (const [system, sets] of Object.entries(evaluation.systems ?? {}))
    for (const [set, metrics] of Object.entries(sets))
      for (const [metric, m] of Object.entries(metrics))
        if (m && typeof m.value === "number") {
          const interval = typeof m.low === "number" ? `${m.low.toFixed(3)} – ${m.high.toFixed(3)}` : "";
          rows.push([system, set, metric, m.value.toFixed(3), interval, String(m.n ?? "")]);
        }
  const cells = (kind, list) => element("tr", {}, ...list.map((text) => element(kind, { text })));
  return element(
    "div",
    { class: "scroll", tabindex: "0", role: "region", "aria-label": word.evaluation },
    element("table", {}, element("thead", {}, cells("th", head)), element("tbody", {}, ...rows.map((r) => cells("td", r)))),
  );
}
